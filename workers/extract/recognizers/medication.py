"""Drugs: MEDICATION, by the form that ends their names (片, 胶囊, 注射液) or a stem of the substance (西林, -pril).

Stems: the Chinese approved drug names (CADN) follow the international nonproprietary names (WHO, INN stem book).
"""

import re
from collections.abc import Iterator

from workers.extract.passage import Candidate, Passage
from workers.extract.recognizers.matching import unlabelled

_HAN = "一-鿿"
# Characters of the words that lead up to a drug and are in no drug's name.
_LEAD = (
    "予给服用以使者的了和与及或并加行为是在后前时每次日患医嘱等物药量种开取换改停至到"
    "按需如有无未因对含查于经曾已再口周期疗程治案方静脉滴射肌泵入"
)
_NAME = rf"(?:白药|(?![{_LEAD}])[{_HAN}A-Za-z0-9α-ω\-])"
_FORM = (
    "(?:[注註]射液|[注註]射剂|口服溶?液|口服混悬液|混悬液|胶囊|颗粒|冲剂|糖浆|滴眼液|滴丸|丸|缓释片|控释片|肠溶片|分散片|咀嚼片|泡腾片|"
    "含片|片|软膏|乳膏|凝胶|贴膏|(?<!石)膏|喷雾剂|气雾剂|粉针|酊)"
)
_STEM = (
    "(?:西林|头孢[一-鿿]{2}|沙星|霉素|硝唑|康唑|洛韦|沙坦|普利|地平|洛尔|他汀|拉唑|替丁|格列[一-鿿]{1,2}|列汀|列净|双胍|胰岛素|"
    "肝素|华法林|氯吡格雷|阿司匹林|布洛芬|双氯芬酸钠?|对乙酰氨基酚|地塞米松|泼尼松龙?|米松|奈德|替尼|[一-鿿]{2}单抗|"
    "[奥顺卡]沙?利?铂|紫杉醇|他赛|他滨|替加氟|氟尿嘧啶|环磷酰胺|亚叶酸钙|甘露醇|呋塞米|螺内酯|氢氯噻嗪|硝酸甘油|地西泮|唑仑|"
    "吗啡|哌替啶|曲马多|西汀|拉法辛|氯雷他定|替利嗪|茶碱|特罗|孟鲁司特|多巴胺|肾上腺素|阿托品|氯化钾|氯化钠|葡萄糖|"
    "维生素[A-Z]?\\d*)"
)
_CHINESE = re.compile(rf"{_NAME}{{2,10}}?{_FORM}(?![段面剂选文状式刻头])|{_NAME}{{0,5}}?{_STEM}(?:{_NAME}{{0,4}}?{_FORM})?")
_NOT_DRUGS = re.compile(
    r"(?:名|照|图|胸|拍|线|CT|平|相|卡|底|切|玻|骨|瓣|皮|软|椎|尿|垫|弹|薄|光|影|鼻|全|一|半|两|几|数|大|小|碎|"
    r"涂|肺|腹|颈|腰)片$|"
    r"弹丸$|睾丸$"
)
_SURE = re.compile(_STEM)
_ENGLISH = re.compile(
    r"\b(?:[A-Za-z]{3,}(?:cillin|mycin|floxacin|azole|vir|pril|sartan|olol|dipine|statin|prazole|tidine|gliptin|gliflozin|"
    r"formin|parin|mab|tinib|profen|sone|solone|olam|azepam|oxetine|triptan|setron|thiazide|semide|terol|phylline|platin|taxel)|"
    r"[Aa]spirin|[Ii]buprofen|[Aa]cetaminophen|[Tt]ylenol|[Ii]nsulin(?: [a-z]+)?|[Mm]orphine|[Oo]xycodone|[Hh]ydrocodone|"
    r"[Ww]arfarin|[Cc]lopidogrel|[Ll]evothyroxine|[Gg]abapentin|[Tt]ramadol)\b"
)


def find(passage: Passage) -> Iterator[Candidate]:
    for match in _CHINESE.finditer(passage.text):
        if _SURE.search(match.group()) or not _NOT_DRUGS.search(match.group()):
            yield unlabelled("MEDICATION", match)
    for match in _ENGLISH.finditer(passage.text):
        yield unlabelled("MEDICATION", match)
