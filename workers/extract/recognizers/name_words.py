"""Words that keep ordinary text from being read as names."""

from workers.extract.gazetteer import words

NEVER_IN_NAMES = (
    "的了是在不这那我你他她它们着过吗呢吧啊或但而且则被把将使让给于到由对往及等即并也都又再很更最所"
    "个岁号角每各该此其何谁几两第零〇"
    "症炎痛病癌瘤伤剂片丸疗诊治查检验院室床费款额账卡证险单据表页栏项"
    "电话址码件别籍族婚职务型"
    "说看听吃喝跑坐写打拿买卖做没无未非否至"
    "患者您咱"
)
"""Given names avoid particles, pronouns, illness and office words (name reports of the Ministry of Public Security)."""

NEVER_LAST = NEVER_IN_NAMES + "向有因为以从与和时年日位名系住经已现自驾进入出来回去男女身手性因签本上下班途后前"
"""Rare as the last character of a name, common as the first of the word after it: where no sign or cue ends the name."""

COMMON_WORDS = words("common_words.txt")
"""Words that begin with a character that is a surname too. A match that begins with one of them is no name."""

NOT_NAMES = frozenset(words("not_names.txt"))
"""What stands in a name's cell without being one."""
