"""Languages in which people are asked in hospitals, by their own names."""

from typing import Final

#: Code (BCP 47) → what its speakers call it.
LANGUAGES: Final = {
    "en": "English",
    "es": "Español",
    "zh-hans": "中文（简体）",
    "zh-hant": "中文（繁體）",
    "vi": "Tiếng Việt",
    "ht": "Kreyòl ayisyen",
    "pt": "Português",
    "ru": "Русский",
    "ar": "العربية",
    "fr": "Français",
    "ko": "한국어",
    "tl": "Tagalog",
    "am": "አማርኛ",
    "bn": "বাংলা",
    "bs": "Bosanski",
    "chk": "Chuuk",
    "cs": "Čeština",
    "de": "Deutsch",
    "el": "Ελληνικά",
    "fa": "فارسی",
    "gu": "ગુજરાતી",
    "haw": "ʻŌlelo Hawaiʻi",
    "he": "עברית",
    "hi": "हिन्दी",
    "hmn": "Hmoob",
    "hr": "Hrvatski",
    "hu": "Magyar",
    "hy": "Հայերեն",
    "id": "Bahasa Indonesia",
    "ilo": "Ilokano",
    "it": "Italiano",
    "ja": "日本語",
    "kea": "Kabuverdianu",
    "km": "ភាសាខ្មែរ",
    "ksw": "ကညီကျိာ်",
    "ku": "Kurdî",
    "lo": "ລາວ",
    "mam": "Mam",
    "mh": "Kajin M̧ajeļ",
    "my": "မြန်မာဘာသာ",
    "ne": "नेपाली",
    "nl": "Nederlands",
    "nv": "Diné bizaad",
    "om": "Afaan Oromoo",
    "pa": "ਪੰਜਾਬੀ",
    "pl": "Polski",
    "prs": "دری",
    "ps": "پښتو",
    "quc": "K’iche’",
    "ro": "Română",
    "rw": "Ikinyarwanda",
    "sm": "Gagana Sāmoa",
    "so": "Soomaali",
    "sq": "Shqip",
    "sr": "Српски",
    "sw": "Kiswahili",
    "ta": "தமிழ்",
    "te": "తెలుగు",
    "th": "ไทย",
    "ti": "ትግርኛ",
    "tr": "Türkçe",
    "uk": "Українська",
    "ur": "اردو",
    "yi": "ייִדיש",
    "yo": "Yorùbá",
}
#: Written from right to left.
FROM_THE_RIGHT: Final = frozenset({"ar", "fa", "he", "prs", "ps", "ur", "yi"})


def name_of(code: str) -> str:
    """What its speakers call a language; its code where we do not know it."""
    return LANGUAGES.get(code, code)


def direction_of(code: str) -> str:
    """How pages call the direction in which a language is written: "rtl" or "ltr"."""
    return "rtl" if code in FROM_THE_RIGHT else "ltr"
