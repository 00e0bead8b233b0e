"""Why an answer matched, in Chinese, by the reason codes of `archive.search_keys.explain`, which has the English."""

from schemas.query import KeyMatch
from search_api.language import Language

_CHINESE = {
    "name_same": "姓名相同",
    "name_simple": "转换为简体后姓名相同",
    "name_lookalike": "形近字替换后姓名相同",
    "name_reading": "页面的另一种识别结果与此姓名相同",
    "name_misread": "除一个常被如此误识的字外姓名相同",
    "name_pinyin": "姓名读音相同（拼音）",
    "name_spelt": "姓名读音相同（拼音）",
    "name_near_sound": "姓名读音相近（zh/z、ch/c、sh/s、ng/n）",
    "name_misspelt": "拼音多一个字母，或两个字母颠倒",
    "name_initials": "拼音首字母相同",
    "name_unknown": "除未知字外姓名相同",
    "name_differs": "姓名有一字不同",
    "name_missing": "姓名比输入多一字",
    "name_extra": "姓名比输入少一字",
    "name_swapped": "姓名中两字颠倒",
    "name_part": "姓名的一部分相同",
    "name_words": "姓名用词相同，次序或重音不同",
    "name_ends": "名与姓相同",
    "name_middle": "名与姓相同，中间名不同或省略",
    "name_nickname": "除昵称外姓名相同",
    "name_short": "姓相同，名为首字母",
    "name_contradicts": "文档上没有此姓名",
    "number_contradicts": "文档上没有此号码",
    "date_contradicts": "文档上没有与此相近的日期",
    "number_same": "号码相同",
    "number_lookalike": "形近字符替换后相同（如 0/O、1/l、5/S）",
    "number_reading": "页面的另一种识别结果与此号码相同",
    "number_repeat": "有一个重复字符被漏写或多写",
    "number_repeats": "有多个重复字符被漏写或多写",
    "number_checked": "与输入相差一处，且校验码正确",
    "number_differs": "号码有一个字符不同",
    "number_missing": "号码比输入多一个字符",
    "number_extra": "号码比输入少一个字符",
    "number_swapped": "相邻两个字符颠倒",
    "number_cut": "页面上只有其开头或结尾",
    "number_same_end": "只有末尾相同",
    "number_unknown": "除未知字符外号码相同",
    "number_tail": "末尾字符相同",
    "number_head": "开头字符相同",
    "text_phrase": "页面含有这些文字",
    "text_folded": "页面含有这些文字，写法略有不同",
    "text_apart": "页面含有这些文字，但不相连",
    "text_near": "页面含有这些文字，彼此相近",
}
_CHINESE_DATE = {
    "day": "{}为同一天",
    "month": "{}在同一月",
    "year": "{}在同一年",
    "within": "{}在所查范围内",
    "near": "{}相差不到一个月",
    "either": "{}可能是这一天（有不止一种读法）",
    "either_within": "有日期可能在此范围内（有不止一种读法）",
    "either_near": "有日期可能相差不到一个月（有不止一种读法）",
    "month_only": "{}只知月份",
    "year_only": "{}只知年份",
}
_CHINESE_WHICH = {
    "loss": "出险日期",
    "report": "报案日期",
    "admission": "入院日期",
    "discharge": "出院日期",
    "birth": "出生日期",
    "other": "页面上的日期",
}

SHARED: dict[str, dict[Language, str]] = {
    "claim_number": {"en": "same claim number", "zh": "赔案号相同"},
    "case_number": {"en": "same case number", "zh": "立案号相同"},
    "report_number": {"en": "same report number", "zh": "报案号相同"},
    "policy_number": {"en": "same policy number", "zh": "保单号相同"},
}
"""Why documents belong together, by the number that they share."""


def words(match: KeyMatch, language: Language) -> str:
    """The sentence of *match*; in English where a code has no Chinese yet."""
    return chinese(match.reason) or match.words if language == "zh" else match.words


def chinese(reason: str) -> str | None:
    if reason in _CHINESE or not reason.startswith("date_"):
        return _CHINESE.get(reason)
    how, _, which = reason.removeprefix("date_").rpartition("_")
    sentence = _CHINESE_DATE.get(how)
    return sentence.format(_CHINESE_WHICH[which]) if sentence and which in _CHINESE_WHICH else None
