"""The 27 summary measures by name, and what each needs of the groups."""

from enum import Enum
from typing import Final


class Measure(Enum):
    """One summary of how a value differs between groups. The text is its name in files and exports."""

    DIFFERENCE = "difference"
    RATIO = "ratio"
    PAR = "par"
    PAF = "paf"
    BGV = "bgv"
    BGSD = "bgsd"
    COV = "cov_pct"
    MDM_UNWEIGHTED = "mdmu"
    MDM_WEIGHTED = "mdmw"
    MDB_UNWEIGHTED = "mdbu"
    MDB_WEIGHTED = "mdbw"
    MDR_UNWEIGHTED = "mdru"
    MDR_WEIGHTED = "mdrw"
    IDIS_UNWEIGHTED = "idisu"
    IDIS_WEIGHTED = "idisw"
    THEIL = "theil_x1000"
    MLD = "mld_x1000"
    ACI = "aci"
    RCI = "rci"
    RCI_WAGSTAFF = "rci_wagstaff"
    RCI_ERREYGERS = "rci_erreygers"
    SII_LINEAR = "sii_linear"
    RII_LINEAR = "rii_linear"
    SII_LOGIT = "sii_logit_glm"
    RII_LOGIT = "rii_logit_glm"
    SII_LOGIT_HEALTHEQUAL = "sii_logit_healthequal"
    RII_LOGIT_HEALTHEQUAL = "rii_logit_healthequal"


SIMPLE: Final = (Measure.DIFFERENCE, Measure.RATIO, Measure.PAR, Measure.PAF)
"""For any groups, with an order or without."""

UNORDERED: Final = (
    Measure.BGV,
    Measure.BGSD,
    Measure.COV,
    Measure.MDM_UNWEIGHTED,
    Measure.MDM_WEIGHTED,
    Measure.MDB_UNWEIGHTED,
    Measure.MDB_WEIGHTED,
    Measure.MDR_UNWEIGHTED,
    Measure.MDR_WEIGHTED,
    Measure.IDIS_UNWEIGHTED,
    Measure.IDIS_WEIGHTED,
    Measure.THEIL,
    Measure.MLD,
)
"""For groups without an order (race, payer), three or more."""

ORDERED: Final = (
    Measure.ACI,
    Measure.RCI,
    Measure.RCI_WAGSTAFF,
    Measure.RCI_ERREYGERS,
    Measure.SII_LINEAR,
    Measure.RII_LINEAR,
    Measure.SII_LOGIT,
    Measure.RII_LOGIT,
    Measure.SII_LOGIT_HEALTHEQUAL,
    Measure.RII_LOGIT_HEALTHEQUAL,
)
"""For groups with a natural order (deprivation quintiles), three or more, none missing."""
