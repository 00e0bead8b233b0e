"""A row of docs/identifiers.md each: how its values are made, what announces them, and in what sentence they stand.

Everybody and every number is invented: see bench/papers/numbers.py for how ranges were chosen that were never given out.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from bench.papers import numbers, people
from bench.papers import vocabulary as words
from bench.papers.numbers import digits

Make = Callable[[random.Random, bool], str]
"""From a source of chance and whether the check digit holds to a value."""
_ANY_LETTER = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_MBI_LETTER = "ACDEFGHJKMNPQRTUVWXY"
_NAME_DAMAGES = ("none", "spaced")
_TEXT_DAMAGES = ("none", "broken", "full_width")
_ALL_DAMAGES = ("none", "look_alike", "dropped", "doubled", "spaced", "broken", "full_width")
_SOLID = ("none", "look_alike", "dropped", "doubled", "full_width")


@dataclass(frozen=True, slots=True)
class Row:
    """A kind in one language. `labels` announce it; `sentence` has `{}` where the value stands.

    `alone`: it is to be found by its shape, without a label too. `checked`: it has a check digit, which may not hold.
    `group` names the goal that it answers to.
    """

    kind: str
    language: str
    make: Make = field(repr=False)
    labels: tuple[str, ...]
    sentence: str
    alone: bool = False
    checked: bool = False
    damages: tuple[str, ...] = _ALL_DAMAGES
    group: str = "other"


def _birth(rng: random.Random) -> date:
    return date(1935, 1, 1) + timedelta(days=rng.randrange(23_000))


def _identity18(rng: random.Random, sound: bool) -> str:
    return numbers.identity18(rng, rng.choice(words.PLACES)[4], _birth(rng), male=rng.random() < 0.5, sound=sound)


def _identity15(rng: random.Random, sound: bool) -> str:
    return numbers.identity15(_identity18(rng, sound))


def _with_check(first17: str, rng: random.Random, *, sound: bool) -> str:
    check = numbers.identity_check(first17)
    return first17 + (check if sound else rng.choice([other for other in "0123456789X" if other != check]))


def _residence(rng: random.Random, sound: bool) -> str:
    head = f"{rng.choice(('81', '82', '83'))}0000{_birth(rng):%Y%m%d}{digits(rng, 3)}"
    return _with_check(head, rng, sound=sound)


def _foreign_2023(rng: random.Random, sound: bool) -> str:
    nation = rng.choice(("124", "840", "392", "826", "276"))
    return _with_check(f"9{rng.choice(('11', '31', '44'))}{nation}{_birth(rng):%Y%m%d}{digits(rng, 3)}", rng, sound=sound)


def _hong_kong(rng: random.Random, sound: bool) -> str:
    first = rng.choice(_ANY_LETTER) + digits(rng, 6)
    total = 36 * 9 + sum(int(one, 36) * weight for one, weight in zip(first, range(8, 1, -1), strict=True))
    check = -total % 11
    return f"{first}({_tenth(check if sound else (check + 1) % 11)})"


def _tenth(check: int) -> str:
    return "A" if check == 10 else str(check)


def _taiwan(rng: random.Random, sound: bool) -> str:
    letter, middle = rng.choice("ABCDEFGHJK"), rng.choice("1289") + digits(rng, 7)
    value = "ABCDEFGHJK".index(letter) + 10
    total = value // 10 + value % 10 * 9
    total += sum(int(one) * weight for one, weight in zip(middle, range(8, 0, -1), strict=True))
    return f"{letter}{middle}{(-total + (0 if sound else 1)) % 10}"


def _vin(rng: random.Random, sound: bool) -> str:
    letters = dict(
        zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)
    )
    body = "L" + "".join(rng.choice("ABCDEFGHJKLMNPRSTUVWXYZ0123456789") for _ in range(11)) + digits(rng, 5)
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    total = sum((letters.get(one) or int(one)) * weight for one, weight in zip(body, weights, strict=True) if one != "0")
    check = (total + (0 if sound else 1)) % 11
    return f"{body[:8]}{'X' if check == 10 else check}{body[9:]}"


def _ssn(rng: random.Random, _sound: bool) -> str:
    """Areas 773 to 899 were never given out; the shape is that of the others."""
    return f"{rng.randrange(773, 900)}-{rng.randrange(1, 100):02d}-{rng.randrange(1, 10000):04d}"


def _mbi(rng: random.Random, _sound: bool) -> str:
    def letter() -> str:
        return rng.choice(_MBI_LETTER)

    return (
        f"{rng.randrange(1, 10)}{letter()}{letter()}{digits(rng, 1)}-{letter()}{letter()}{digits(rng, 1)}-{letter()}{letter()}"
        f"{digits(rng, 2)}"
    )


def _dea(rng: random.Random, sound: bool) -> str:
    first = digits(rng, 6)
    check = (sum(map(int, first[0::2])) + 2 * sum(map(int, first[1::2])) + (0 if sound else 1)) % 10
    return f"{rng.choice('ABFM')}{rng.choice(_ANY_LETTER)}{first}{check}"


def _routing(rng: random.Random, sound: bool) -> str:
    first = f"0{rng.randrange(1, 10)}{digits(rng, 6)}"
    total = sum(int(one) * weight for one, weight in zip(first, (3, 7, 1) * 3, strict=False))
    return f"{first}{(-total + (0 if sound else 1)) % 10}"


def _han_date(rng: random.Random) -> str:
    day = _birth(rng)
    return rng.choice((f"{day.year}年{day.month}月{day.day}日", f"{day:%Y-%m-%d}", f"{day:%Y.%m.%d}", f"{day:%Y/%m/%d}"))


def _american_date(rng: random.Random) -> str:
    day = _birth(rng)
    return rng.choice((f"{day:%m/%d/%Y}", f"{day:%B} {day.day}, {day.year}", f"{day:%m-%d-%Y}", f"{day:%m/%d/%y}"))


def _street(rng: random.Random) -> str:
    street = f"{rng.randint(1, 9999)} {rng.choice(('Oakhaven', 'Millbrook', 'Fernhill', 'Larkspur'))} {rng.choice(_STREETS)}"
    unit = rng.choice(("", f", Apt {rng.randint(1, 99)}", f" Suite {rng.randint(100, 900)}"))
    return f"{street}{unit}, {rng.choice(('Springfield', 'Brookside', 'Fairview'))}, {rng.choice(_STATES)} {digits(rng, 5)}"


_STREETS = ("Street", "Ave", "Road", "Blvd", "Lane", "Dr", "Court")
_STATES = ("OH", "CA", "TX", "NY", "AZ", "IL")


def _person(rng: random.Random) -> people.Person:
    return people.invent_person(rng)


def _han_name(rng: random.Random) -> str:
    while not (name := _person(rng).name).isalpha() or name.isascii():
        pass
    return name


def _plain(pattern: str) -> Make:
    """`#` is a digit, `@` a letter, all else itself; there is no check digit."""

    def make(rng: random.Random, _sound: bool) -> str:
        marks = {"#": "0123456789", "@": _ANY_LETTER, "?": "123456789"}
        return "".join(rng.choice(marks.get(sign, sign)) for sign in pattern)

    return make


def _one_of(*patterns: str) -> Make:
    makers = tuple(_plain(pattern) for pattern in patterns)
    return lambda rng, sound: rng.choice(makers)(rng, sound)


def _chosen(values: tuple[str, ...]) -> Make:
    return lambda rng, _sound: rng.choice(values)


def _free(make: Callable[[random.Random], str]) -> Make:
    return lambda rng, _sound: make(rng)


_IDENTITY_ZH = (
    Row("CN_ID18", "zh", _identity18, ("身份证号", "公民身份号码", "证件号码"), "持有{}的居民到场", alone=True, checked=True, group="identity"),
    Row("CN_ID15", "zh", _identity15, ("身份证号码", "证件号"), "持有旧证{}的居民到场", alone=True, group="identity"),
    Row("CN_RESIDENCE_HMT", "zh", _residence, ("居住证号码", "证件号码"), "凭居住证{}办理", alone=True, checked=True, group="identity"),
    Row("CN_FPR2023", "zh", _foreign_2023, ("永久居留身份证号", "证件号码"), "凭永居证{}办理", alone=True, checked=True, group="identity"),
    Row("CN_FPR2017", "zh", _one_of("CAN############", "USA############"), ("永久居留证号", "证件号码"), "凭永居证{}办理", damages=_SOLID, group="identity"),
    Row("CN_PASSPORT", "zh", _one_of("E########", "E@#######", "G########"), ("护照号", "护照号码", "证件号码"), "凭护照{}出境", alone=True, damages=_SOLID, group="identity"),
    Row("HM_TRAVEL", "zh", _one_of("H########", "M##########"), ("港澳居民来往内地通行证", "回乡证", "通行证号码"), "凭通行证{}入境", alone=True, damages=_SOLID, group="identity"),
    Row("TW_TRAVEL", "zh", _one_of("?#######", "?#########"), ("台胞证号", "台湾居民来往大陆通行证"), "凭台胞证{}入境", damages=_SOLID, group="identity"),
    Row("CN_EXIT_HM", "zh", _one_of("C########", "W########", "C@#######"), ("往来港澳通行证", "港澳通行证"), "凭通行证{}出境", damages=_SOLID, group="identity"),
    Row("CN_EXIT_TW", "zh", _one_of("L########", "T########"), ("往来台湾通行证",), "凭往来台湾通行证{}出境", damages=_SOLID, group="identity"),
    Row("HKID", "zh", _hong_kong, ("香港身份证号码", "香港居民身份证"), "持香港证{}的人", alone=True, checked=True, damages=_SOLID, group="identity"),
    Row("MOID", "zh", _one_of("1######(#)", "5######(#)", "7######(#)"), ("澳门身份证", "澳门居民身份证号码"), "持澳门证{}的人", alone=True, damages=_SOLID, group="identity"),
    Row("TWID", "zh", _taiwan, ("台湾身份证", "台湾身份证号"), "持台湾证{}的人", alone=True, checked=True, damages=_SOLID, group="identity"),
    Row("CN_MIL", "zh", _one_of("军字第#######号", "南字第########号", "海字第######号"), ("军官证号", "士兵证号", "警官证"), "凭军官证{}办理", damages=_SOLID, group="identity"),
    Row("CN_BIRTH_CERT", "zh", _plain("@#########"), ("出生医学证明编号", "出生证号"), "凭出生证{}办理", damages=_SOLID, group="identity"),
    Row("CN_DRIVER", "zh", _identity18, ("驾驶证号", "驾驶证号码"), "凭驾驶证{}驾车", alone=True, checked=True, group="identity"),
    Row("CN_DRIVER_FILE", "zh", _plain("############"), ("档案编号", "驾驶证档案编号"), "驾驶证档案编号{}已查", group="identity"),
    Row("CN_SSC", "zh", _one_of("@########", "########", "##########"), ("社保卡号", "医保卡号", "医保编号"), "凭社保卡号{}结算", damages=_SOLID, group="identity"),
    Row("CN_SSC", "zh", _identity18, ("社会保障号码",), "凭社会保障号码{}结算", alone=True, checked=True, group="identity"),
)  # fmt: skip
_OTHER_ZH = (
    Row("SECRET", "zh", _one_of("######", "@@####", "###"), ("密码", "验证码", "CVV2"), "支付密码：{}，请勿告知", damages=("none", "full_width"), group="secret"),
    Row("CN_MOBILE", "zh", _free(numbers.mobile), ("手机", "手机号码", "联系电话"), "请拨打{}找我", alone=True, group="phone"),
    Row("CN_PHONE", "zh", _one_of("010-555#####", "0571-555####", "(021)555#####", "0755555#####"), ("固定电话", "电话", "办公电话"), "请拨打{}找我", alone=True, group="phone"),
    Row("INTL_PHONE", "zh", _one_of("+852 9### ####", "+1 541-555-01##", "+81 90-####-####"), ("联系电话", "电话"), "请拨打{}找我", alone=True, damages=("none", "full_width", "look_alike"), group="phone"),
    Row("EMAIL", "zh", _free(lambda rng: _person(rng).email), ("邮箱", "电子邮箱", "E-mail"), "请发到{}即可", alone=True, damages=("none", "full_width", "broken", "look_alike"), group="email"),
    Row("WECHAT", "zh", _free(lambda rng: _person(rng).wechat), ("微信", "微信号"), "加微信：{}联系", damages=("none", "full_width", "dropped")),
    Row("QQ", "zh", _one_of("?########", "?#######"), ("QQ", "QQ号"), "加QQ：{}联系", damages=_SOLID),
    Row("CN_NAME", "zh", _free(_han_name), ("姓名", "被保险人", "申请人", "受益人姓名"), "{}先生到场", alone=True, damages=_NAME_DAMAGES, group="name"),
    Row("DOCTOR", "zh", _free(_han_name), ("主治医师", "医生", "医师签名"), "由{}医生主刀", alone=True, damages=_NAME_DAMAGES, group="name"),
    Row("CN_ADDRESS", "zh", _free(lambda rng: _person(rng).address), ("住址", "家庭住址", "联系地址"), "他住在{}。", alone=True, damages=_TEXT_DAMAGES, group="address"),
    Row("ZIP", "zh", _plain("?#####"), ("邮编", "邮政编码"), "邮编：{}。", damages=_SOLID, group="address"),
    Row("DOB", "zh", _free(_han_date), ("出生日期", "生日"), "{}出生", damages=("none", "full_width", "spaced", "look_alike"), group="date"),
    Row("DATE_ACCIDENT", "zh", _free(_han_date), ("出险日期", "事故时间"), "{}发生事故", alone=True, damages=("none", "full_width", "spaced", "look_alike"), group="date"),
    Row("DATE_ADMISSION", "zh", _free(_han_date), ("入院日期", "入院时间"), "{}入院", alone=True, damages=("none", "full_width", "spaced", "look_alike"), group="date"),
    Row("AGE", "zh", _one_of("9?岁", "10?岁"), ("年龄",), "这位{}的老人", damages=("none", "full_width"), group="date"),
    Row("CN_BANK", "zh", lambda rng, sound: numbers.bank_card(rng, sound=sound), ("银行卡号", "账号", "卡号"), "请转入{}即可", alone=True, checked=True, group="card"),
    Row("CN_BANK", "zh", _one_of("############", "?####################"), ("存折账号", "开户账号"), "账号：{}，请查收", group="card"),
    Row("INVOICE", "zh", _one_of("############", "########", "2611################"), ("发票代码", "发票号码"), "发票号码：{}。", damages=_SOLID),
    Row("MED_BILL", "zh", _one_of("##########", "########"), ("票据号码", "票据代码"), "票据号码：{}。", damages=_SOLID),
    Row("AMOUNT", "zh", _one_of("?#,###.##元", "¥?###.##", "?###.##"), ("金额", "合计金额"), "共计¥12.00，另付{}", damages=("none", "full_width")),
    Row("POLICY", "zh", lambda rng, _sound: numbers.policy_number(rng, rng.choice(("property", "life", "digits", "lettered")), 2018), ("保单号", "保险合同号"), "保单号{}有效"),
    Row("CLAIM", "zh", lambda rng, _sound: numbers.claim_number(rng, "RDAA", rng.choice(("property", "digits")), 2018), ("报案号", "立案号", "赔案号"), "赔案号{}已结"),
    Row("APPLICATION", "zh", _one_of("@#######", "##########"), ("投保单号", "批单号", "客户号", "工号"), "投保单号：{}。", damages=_SOLID),
    Row("MRN", "zh", _one_of("00#####", "@@######", "######"), ("住院号", "门诊号", "病案号", "就诊卡号"), "住院号：{}。", damages=_SOLID),
    Row("LAB_NO", "zh", _one_of("CT#######", "########", "MR######"), ("检查号", "影像号", "病理号", "条码号"), "影像号：{}。", damages=_SOLID),
    Row("DIAGNOSIS", "zh", _chosen(("急性阑尾炎", "2型糖尿病", "右桡骨远端骨折", "高血压病3级", "胃恶性肿瘤")), ("诊断", "出院诊断"), "诊断为{}。", alone=True, damages=("none", "full_width"), group="medical"),
    Row("DIAGNOSIS", "zh", _one_of("I21.900x00#", "S52.50#", "K35.8"), ("疾病编码", "ICD-10"), "编码{}。", alone=True, damages=("none", "full_width", "look_alike"), group="medical"),
    Row("PROCEDURE", "zh", _chosen(("阑尾切除术", "桡骨骨折切开复位内固定术", "36.0600")), ("手术名称", "手术操作编码"), "手术名称：{}。", damages=("none", "full_width"), group="medical"),
    Row("HEALTH_TEXT", "zh", _chosen(("右下腹疼痛2天，加重半日", "反复咳嗽咳痰伴气促", "头孢呋辛酯片口服")), ("主诉", "现病史", "既往史"), "主诉：{}", damages=("none", "full_width"), group="medical"),
    Row("MEDICATION", "zh", _chosen(("阿莫西林胶囊", "硝苯地平控释片", "头孢呋辛酯片", "奥沙利铂注射液", "胰岛素")), ("药品名称", "用药"), "目前服用{}治疗", alone=True, damages=("none",), group="medical"),
    Row("OCCUPATION", "zh", _chosen(("教师", "公司职员", "个体经营", "货车司机")), ("职业", "工种"), "职业：{}。", damages=("none",)),
    Row("HOSPITAL", "zh", _chosen(("下河县人民医院", "石桥镇卫生院", "柳树沟大学附属第二医院")), ("医院", "就诊医院"), "送往{}救治", alone=True, damages=("none",)),
    Row("INST_CODE", "zh", _one_of("H###########", "D############"), ("医疗机构编码", "医保医师编码"), "编码{}。", alone=True, damages=_SOLID),
    Row("USCC", "zh", lambda rng, sound: numbers.uscc(rng, rng.choice(words.PLACES)[4], sound=sound), ("统一社会信用代码", "税号"), "代码{}。", alone=True, checked=True, damages=_SOLID),
    Row("ORG_CODE", "zh", _plain("########-#"), ("组织机构代码",), "组织机构代码：{}。", alone=True, damages=_SOLID),
    Row("PLATE", "zh", _one_of("京@@####", "粤BD#####", "沪A#####"), ("车牌号", "号牌号码"), "驾驶{}小客车", alone=True, damages=_SOLID, group="vehicle"),
    Row("VIN", "zh", _vin, ("车架号", "车辆识别代号"), "车架{}。", alone=True, checked=True, damages=_SOLID, group="vehicle"),
    Row("ENGINE", "zh", _one_of("@#######", "@@##@####"), ("发动机号", "发动机号码"), "发动机号：{}。", damages=_SOLID, group="vehicle"),
    Row("DEVICE", "zh", _one_of("@@########", "(01)##############(21)@#####"), ("植入物序列号", "产品序列号", "设备序列号"), "序列号：{}。", damages=("none", "full_width", "dropped", "doubled")),
    Row("CERTIFICATE", "zh", _one_of("##############", "@#########"), ("残疾证号", "医师执业证号", "资格证书编号"), "执业证书编号：{}。", damages=_SOLID),
)  # fmt: skip
_ENGLISH = (
    Row("CN_NAME", "en", _free(people.invent_latin_name), ("Patient Name", "Insured's Name", "Name"), "Mr. {} called us", alone=True, damages=("none",), group="name"),
    Row("DOCTOR", "en", _free(people.invent_latin_name), ("Attending Physician", "Provider"), "seen by Dr. {} today", alone=True, damages=("none",), group="name"),
    Row("US_ADDRESS", "en", _free(_street), ("Address", "Mailing Address"), "He lives at {}.", alone=True, damages=("none", "broken"), group="address"),
    Row("ZIP", "en", _one_of("#####", "#####-####"), ("ZIP Code", "ZIP"), "ZIP code: {}.", damages=("none", "full_width"), group="address"),
    Row("DOB", "en", _free(_american_date), ("Date of Birth", "DOB"), "She was born on {}.", alone=True, damages=("none", "full_width"), group="date"),
    Row("DATE_ADMISSION", "en", _free(_american_date), ("Admission Date", "Date of Admission"), "Admitted on {}.", alone=True, damages=("none", "full_width"), group="date"),
    Row("AGE", "en", _one_of("9?", "10?"), ("Age",), "This {} year old woman fell.", damages=("none",), group="date"),
    Row("INTL_PHONE", "en", _one_of("(541) 555-01##", "541-555-01##", "+1 541 555 01##", "541.555.01##"), ("Phone", "Telephone", "Fax"), "Call {} now.", alone=True, damages=("none", "look_alike", "full_width", "dropped", "doubled"), group="phone"),
    Row("EMAIL", "en", _free(lambda rng: _person(rng).email), ("E-mail", "Email Address"), "Write to {} now.", alone=True, damages=("none", "broken", "look_alike"), group="email"),
    Row("US_SSN", "en", _ssn, ("SSN", "Social Security Number"), "Her number {} is known.", alone=True, damages=_SOLID, group="identity"),
    Row("US_ITIN", "en", _plain("9##-7#-####"), ("ITIN", "Tax ID"), "Her number {} is known.", alone=True, damages=_SOLID, group="identity"),
    Row("US_EIN", "en", _plain("##-#######"), ("EIN", "Federal Tax ID"), "Its number {} is known.", alone=True, damages=_SOLID, group="identity"),
    Row("US_MBI", "en", _mbi, ("Medicare Number", "MBI"), "Her card {} is valid.", alone=True, damages=("none", "full_width", "look_alike"), group="identity"),
    Row("US_HICN", "en", lambda rng, sound: _ssn(rng, sound) + "A", ("HICN", "Medicare ID"), "Her claim {} is known.", alone=True, damages=("none", "full_width", "look_alike", "dropped"), group="identity"),
    Row("US_NPI", "en", lambda rng, sound: numbers.npi(rng, sound=sound), ("NPI", "NPI Number"), "The provider {} billed.", alone=True, checked=True, damages=_SOLID),
    Row("US_DEA", "en", _dea, ("DEA", "DEA Number"), "The prescriber {} signed.", alone=True, checked=True, damages=_SOLID),
    Row("US_MEMBER", "en", _one_of("@@########", "W#########"), ("Member ID", "Insured's I.D. Number", "Subscriber ID"), "Member ID: {}.", damages=_SOLID, group="identity"),
    Row("US_GROUP", "en", _one_of("#######", "@#####"), ("Group Number", "Group ID"), "Group number: {}.", damages=_SOLID),
    Row("CLAIM", "en", _one_of("CL-####-#####", "##########"), ("Claim Number", "Claim No."), "Claim number: {}.", damages=_SOLID),
    Row("POLICY", "en", _one_of("@@-########", "##########"), ("Policy Number", "Policy No."), "Policy number: {}.", damages=_SOLID),
    Row("US_BANK", "en", _routing, ("Routing Number", "ABA"), "Routing number: {}.", checked=True, damages=_SOLID, group="card"),
    Row("US_BANK", "en", _plain("############"), ("Account Number", "Bank Account Number"), "Account number: {}.", damages=_SOLID, group="card"),
    Row("CN_BANK", "en", lambda rng, sound: numbers.bank_card(rng, sound=sound), ("Card Number", "Credit Card Number"), "Charge {} please.", alone=True, checked=True, group="card"),
    Row("MRN", "en", _one_of("########", "MR######"), ("MRN", "Medical Record Number"), "MRN: {}.", damages=_SOLID, group="identity"),
    Row("CN_DRIVER", "en", _one_of("@#######", "@###-####-####"), ("Driver's License", "Driver License"), "Driver's license: {}.", damages=_SOLID, group="identity"),
    Row("CN_PASSPORT", "en", _one_of("#########", "@########"), ("Passport Number", "Passport No."), "Passport number: {}.", damages=_SOLID, group="identity"),
    Row("CERTIFICATE", "en", _one_of("@######", "MD-#####"), ("Certificate Number", "License No.", "Medical License"), "License number: {}.", damages=_SOLID),
    Row("DEVICE", "en", _one_of("SN########", "@@@-######", "(01)##############"), ("Serial Number", "Device Serial No.", "UDI"), "Serial number: {}.", damages=("none", "full_width")),
    Row("PLATE", "en", _one_of("@@@-####", "#@@@###"), ("License Plate", "Plate Number"), "License plate: {}.", damages=("none", "full_width"), group="vehicle"),
    Row("VIN", "en", _vin, ("VIN", "Vehicle Identification Number"), "The car {} was hit.", alone=True, checked=True, damages=_SOLID, group="vehicle"),
    Row("URL", "en", _one_of("https://example.com/p/####", "www.example.org/@@##"), ("Website", "URL"), "See {} for it.", alone=True, damages=("none", "full_width")),
    Row("IP", "en", _one_of("192.168.1#.2#", "10.4.#.1##", "2001:db8:85a3::8a2e:37#:73#4"), ("IP Address", "IP"), "Signed from {} today.", alone=True, damages=("none", "full_width")),
    Row("DIAGNOSIS", "en", _one_of("S52.50#A", "I21.9", "E11.9"), ("Diagnosis Code", "ICD-10"), "Coded {} here.", alone=True, damages=("none", "full_width"), group="medical"),
    Row("DIAGNOSIS", "en", _chosen(("Acute appendicitis", "Type 2 diabetes mellitus", "Fracture of right radius")), ("Diagnosis", "Discharge Diagnosis"), "She was diagnosed with {}.", alone=True, damages=("none",), group="medical"),
    Row("HEALTH_TEXT", "en", _chosen(("Chest pain for two days, worse at night.", "No known drug allergies.")), ("Chief Complaint", "History of Present Illness"), "Chief Complaint: {}", damages=("none",), group="medical"),
)  # fmt: skip
ROWS: tuple[Row, ...] = (*_IDENTITY_ZH, *_OTHER_ZH, *_ENGLISH)
