"""Chinese characters: which are, traditional to simplified, look-alikes, and what is read in place of one."""

from functools import cache, lru_cache

from opencc import OpenCC

from archive.search_keys.misread import misreadings

_RANGES = ((0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF))

LOOKALIKES = (
    "己已巳", "未末", "土士", "日曰", "人入", "大太犬", "王玉", "干千于", "天夫", "午牛", "田由甲申", "刀力", "九丸", "乌鸟", "今令",
    "木本术", "白自", "目且", "戊戌戍", "折拆析", "晴睛", "侯候", "博搏", "辛幸", "微徽", "崇祟", "冶治", "竞竟", "茶荼", "毫亳",
    "栗粟", "汨汩", "李季", "孑孓", "杨扬", "颖颍", "佳住往", "明朋", "洋详", "薄簿", "免兔", "兵乒乓", "戎戒", "史吏", "宇字",
    "官宫", "宜宣", "尹伊", "币布", "平苹", "庄压", "延廷", "徐除", "恒桓", "情清", "揭谒", "斤斥", "春舂", "曹曾", "杜社",
    "柏伯", "栋拣", "梁粱", "欧殴", "毛手", "汪注", "沈沉", "沐沭", "泽译", "淇琪", "炎灸", "爪瓜", "珍诊", "环坏", "皿血", "眉眷",
    "砖传", "祥样", "秀莠", "纪记", "绢娟", "绵锦", "芬芳", "苏荪", "若苦", "范笵", "萧箫", "蒋将", "薛薜", "袁哀", "谢榭", "贵责",
    "贺货", "赵赴", "邢刑", "郎朗", "铁轶", "铭铬", "陈阵", "霞露", "静净", "项顶", "骆络", "吴昊", "孔扎", "任仕", "仇仉", "伟伪",
    "俊峻", "风凤", "卢户", "厉历", "双叉", "哲晢", "培陪", "壮状", "姚桃", "婷停", "渝愉", "楠捕", "琳淋", "洁浩", "雪霄", "晓骁",
)  # fmt: skip
"""Characters that are taken for one another on a bad copy. No character is in two groups."""


def is_han(character: str) -> bool:
    """An ideograph, which is a word of its own; `〇` is a digit and not one."""
    point = ord(character)
    return any(first <= point <= last for first, last in _RANGES)


@lru_cache(maxsize=20_000)
def _simplified(character: str) -> str:
    converted: str = _converter().convert(character)
    return converted


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def simplified(word: str) -> str:
    """*word* in simplified characters, one for one: what a character becomes does not hang on its neighbours, so that a
    name and each part of it come out the same."""
    return "".join(_simplified(character) if is_han(character) else character for character in word)


def lookalike(word: str) -> str:
    """*word*, which is simplified, with each character as the one that stands for its look-alikes."""
    return word.translate(_STANDING_FOR)


@lru_cache(maxsize=20_000)
def misread_as(character: str) -> tuple[str, ...]:
    """What OCR reads in place of *character*, which is simplified, and is no look-alike of it: each as the one that stands for
    its look-alikes, the most frequent first. Measured, and so no other way round."""
    read = (lookalike(simplified(pair.read)) for pair in misreadings(character))
    return tuple(dict.fromkeys(other for other in read if other != lookalike(character)))


_STANDING_FOR = {ord(character): group[0] for group in LOOKALIKES for character in group}
