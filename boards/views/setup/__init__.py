"""Set-up of boards by the hospital itself: letters, measures, targets, boards, reasons, groups of patients."""
