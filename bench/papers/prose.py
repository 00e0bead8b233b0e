"""What doctors write in whole sentences."""

import random

from bench.papers import vocabulary as words
from bench.papers.case import Case

_COURSES = (
    "于全麻下行手术治疗，术程顺利，术后予抗感染、止痛、换药处理",
    "经保守治疗后症状逐渐缓解",
    "经多学科会诊后调整用药方案",
)
_OUTCOMES = ("患者一般情况良好，无发热，切口愈合良好。", "症状明显好转，生命体征平稳。", "病情稳定，可下地活动。")
_PASTS = ("既往体健，否认药物过敏史。", "高血压病史5年，青霉素过敏。", "否认肝炎、结核病史，否认手术史。")
_ORDERS = ("收住院治疗", "石膏固定，休息两周", "门诊随访，不适随诊")


def history(case: Case) -> str:
    start = f"患者{case.event}，伤后即感疼痛" if case.by_accident else f"患者{case.complaint}，无明显诱因"
    return f"{start}，无昏迷，无恶心呕吐，未予特殊处理，今来我院就诊。饮食睡眠可，二便正常。"


def past(rng: random.Random) -> str:
    return rng.choice(_PASTS)


def vital_signs(rng: random.Random) -> str:
    pressure = f"{rng.randint(105, 168)}/{rng.randint(62, 98)}mmHg"
    pulse, breath = rng.randint(64, 110), rng.randint(16, 22)
    return f"T {rng.uniform(36.2, 38.9):.1f}℃，P {pulse}次/分，R {breath}次/分，BP {pressure}"


def visit_findings(rng: random.Random) -> str:
    return f"{vital_signs(rng)}，神志清，局部压痛，活动受限。"


def visit_orders(rng: random.Random) -> str:
    drugs = (f"{name} {size} ×{rng.randint(1, 3)}{unit}" for name, size, unit in rng.sample(words.DRUGS, 3))
    return f"{'；'.join(drugs)}；{rng.choice(_ORDERS)}。"


def admission_findings(case: Case, rng: random.Random) -> str:
    signs = vital_signs(rng)
    return f"患者因“{case.complaint}”入院。查体：{signs}。神志清楚，精神可，心肺听诊未见明显异常。"


def treatment(case: Case, rng: random.Random) -> str:
    first, second = (name for name, _, _ in rng.sample(words.DRUGS, 2))
    return (
        f"入院后完善血常规、生化、凝血、影像等相关检查，明确诊断为{case.diagnoses[0].name}。"
        f"予以{first}、{second}等对症支持治疗，{rng.choice(_COURSES)}，"
        f"患者恢复可，复查未见明显异常，{rng.choice(('切口Ⅰ/甲愈合，', ''))}请示上级医师后准予出院。"
    )


def outcome(rng: random.Random) -> str:
    return rng.choice(_OUTCOMES)


def discharge_orders(rng: random.Random) -> str:
    first, second = (f"{name} {size}" for name, size, _ in rng.sample(words.DRUGS, 2))
    weeks = rng.randint(1, 6)
    return f"1. 注意休息，避免劳累，{weeks}周后门诊复查；2. 出院带药：{first}、{second}；3. 如有不适，及时就诊。"
