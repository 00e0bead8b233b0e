"""Each recognizer against values that match and values that nearly do. Everybody and every number here is invented."""

import pytest

from tests.unit.extract.passages import brief, found
from workers.extract.recognizers import CHINESE, person_name
from workers.extract.recognizers.regional_identity import hong_kong_is_valid, taiwan_is_valid
from workers.extract.recognizers.united_states import dea_is_valid
from workers.extract.recognizers.vehicle import vin_is_valid

MATCHES = {
    "age": [
        ("年龄：93岁", ("AGE", "C", "93岁")),
        ("Age: 101", ("AGE", "C", "101")),
        ("患者,女,92岁,", ("AGE", "D", "92岁")),
        ("a 94 year old man", ("AGE", "D", "94YEAROLD")),
    ],
    "occupation": [
        ("职业：货车司机", ("OCCUPATION", "C", "货车司机")),
        ("职业为教师，已婚", ("OCCUPATION", "C", "教师")),
        ("She works as a school teacher.", ("OCCUPATION", "C", "school teacher")),
        ("工作单位：沙洲水泥制品有限公司", ("OCCUPATION", "C", "沙洲水泥制品有限公司")),
        ("Employer's name: Westbrook Mill 3", ("OCCUPATION", "C", "WESTBROOKMILL3")),
    ],
    "medication": [
        ("予阿莫西林胶囊口服", ("MEDICATION", "D", "阿莫西林胶囊")),
        ("长期服用硝苯地平控释片", ("MEDICATION", "D", "硝苯地平控释片")),
        ("苯磺酸氨氯地平片", ("MEDICATION", "D", "苯磺酸氨氯地平片")),
        ("云南白药胶囊三盒", ("MEDICATION", "D", "云南白药胶囊")),
        ("活血止痛膏外用", ("MEDICATION", "D", "活血止痛膏")),
        ("started on Lisinopril daily", ("MEDICATION", "D", "LISINOPRIL")),
    ],
    "device": [
        ("植入物序列号：SN12345678", ("DEVICE", "C", "SN12345678")),
        ("Serial No.: ABC-123456", ("DEVICE", "C", "ABC123456")),
        ("on (01)06912345678901(21)AB12", ("DEVICE", "D", "010691234567890121AB12")),
        ("from 00:1A:2B:3C:4D:5E", ("DEVICE", "D", "00:1A:2B:3C:4D:5E")),
    ],
    "machine_readable_zone": [
        (
            "P<CHNZHANG<<SAN<<<<<<<<<<<<<<<<<<<<<<<<<<<<<",
            ("CN_PASSPORT", "D", "P<CHNZHANG<<SAN<<<<<<<<<<<<<<<<<<<<<<<<<<<<<"),
        ),
        # The specimen of ICAO Doc 9303 part 4.
        ("L898902C36UTO7408122F1204159ZE184226B<<<<<10", ("CN_PASSPORT", "B", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")),
        (
            "L898902C36UTO7408123F1204159ZE184226B《《《《10",
            ("CN_PASSPORT", "D", "L898902C36UTO7408123F1204159ZE184226B<<<<10"),
        ),
    ],
    "bank_card": [
        ("银行卡号：6200000000000005", ("CN_BANK", "A", "6200000000000005")),
        ("银行卡号：6200000000000006", ("CN_BANK", "C", "6200000000000006")),
        ("刷卡6200 0000 0000 0005支付", ("CN_BANK", "B", "6200000000000005")),
        ("交易6200000000000006", ("CN_BANK", "D", "6200000000000006")),
        ("存折账号 012345678", ("CN_BANK", "C", "012345678")),
        ("my card 4111111111111111", ("CN_BANK", "B", "4111111111111111")),
    ],
    "phone": [
        ("手机：13800138000", ("CN_MOBILE", "C", "13800138000")),
        ("手机 138-0013-8000", ("CN_MOBILE", "C", "13800138000")),
        ("打13800138000找我", ("CN_MOBILE", "D", "13800138000")),
        ("(37) 788-063-Office", ("CN_PHONE", "C", "37788063")),
        ("07700 063 966 (fax)", ("INTL_PHONE", "D", "07700063966")),
        ("打+86 138 0013 8000找我", ("CN_MOBILE", "D", "13800138000")),
        ("联系电话：1380013800", ("CN_MOBILE", "C", "1380013800")),
        ("联系电话：138001380000", ("CN_MOBILE", "C", "138001380000")),
        ("联系电话：l38OO138000", ("CN_MOBILE", "C", "13800138000")),
        ("座机010-12345678", ("CN_PHONE", "C", "01012345678")),
        ("打(0571)1234567-801", ("CN_PHONE", "D", "05711234567801")),
        ("客服400-123-4567", ("CN_PHONE", "D", "4001234567")),
        ("电话 12345678", ("CN_PHONE", "C", "12345678")),
        ("call +852 9123 4567", ("INTL_PHONE", "D", "+85291234567")),
        ("Phone (858) 555-0100", ("INTL_PHONE", "C", "8585550100")),
        ("call 541-714-1388 now", ("INTL_PHONE", "D", "5417141388")),
    ],
    "email": [
        ("邮箱li@example.com或电话", ("EMAIL", "C", "li@example.com")),
        ("写信到li.xm@example.com.cn吧", ("EMAIL", "D", "li.xm@example.com.cn")),
        ("li＠example.com", ("EMAIL", "D", "li@example.com")),
        ("li (at) example . com", ("EMAIL", "D", "li@example.com")),
        ("电子邮箱：li@example", ("EMAIL", "C", "li@example")),
        ("E-mail: li©example.com", ("EMAIL", "C", "li@example.com")),
        ("E-mail: li4|8!@example.com", ("EMAIL", "C", "li4|8!@example.com")),
    ],
    "policy_number": [
        ("保单号：PDAA202600000000000001", ("POLICY", "C", "PDAA202600000000000001")),
        ("保 单 号 码 PDAA 2026 000000 00000001", ("POLICY", "C", "PDAA202600000000000001")),
        ("见PDAA202600000000000001号", ("POLICY", "D", "PDAA202600000000000001")),
        ("保险合同号：2019-1234-5678", ("POLICY", "C", "201912345678")),
        ("Policy Number: AB-123456", ("POLICY", "C", "AB123456")),
    ],
    "claim_number": [
        ("报案号：RDAA202600000000000001", ("CLAIM", "C", "RDAA202600000000000001")),
        ("赔案号 12345678", ("CLAIM", "C", "12345678")),
        ("Claim No. CL-2019-0001", ("CLAIM", "C", "CL20190001")),
    ],
    "application_number": [("投保单号：A1234567", ("APPLICATION", "C", "A1234567"))],
    "medical_record_number": [
        ("住院号：0012345", ("MRN", "C", "0012345")),
        ("影像号 CT0001234", ("LAB_NO", "C", "CT0001234")),
        ("MRN: 00988277891", ("MRN", "C", "00988277891")),
    ],
    "invoice_number": [
        ("发票号码：26110000000000000001", ("INVOICE", "C", "26110000000000000001")),
        ("票据号码 0000000001", ("MED_BILL", "C", "0000000001")),
    ],
    "passport": [
        ("护照号码：E12345678", ("CN_PASSPORT", "C", "E12345678")),
        ("持EA1234567入境", ("CN_PASSPORT", "D", "EA1234567")),
        ("护照号码 142986457", ("CN_PASSPORT", "C", "142986457")),
        ("通行证号：H12345678", ("HM_TRAVEL", "C", "H12345678")),
        ("台胞证号 12345678", ("TW_TRAVEL", "C", "12345678")),
        ("通行证 C12345678", ("CN_EXIT_HM", "C", "C12345678")),
    ],
    "regional_identity": [
        ("香港身份证 A123456(3)", ("HKID", "A", "A1234563")),
        ("香港身份证 A123456(7)", ("HKID", "C", "A1234567")),
        ("持A123456(3)的", ("HKID", "B", "A1234563")),
        ("号5215432(8)的", ("MOID", "D", "52154328")),
        ("居民A123456789的", ("TWID", "B", "A123456789")),
    ],
    "certificate_number": [
        ("军官证号：军字第1234567号", ("CN_MIL", "C", "军字第1234567号")),
        ("出生医学证明编号 A123456789", ("CN_BIRTH_CERT", "C", "A123456789")),
        ("社保卡号：A12345678", ("CN_SSC", "C", "A12345678")),
        ("档案编号：110100000001", ("CN_DRIVER_FILE", "C", "110100000001")),
    ],
    "messenger": [("微信：abc_def123", ("WECHAT", "C", "ABC_DEF123")), ("QQ：12345678", ("QQ", "C", "12345678"))],
    "secret": [("查询密码：a1b2c3", ("SECRET", "C", "A1B2C3"))],
    "vehicle": [
        ("车牌号：京A12345", ("PLATE", "C", "京A12345")),
        ("驾驶粤B·D12345在", ("PLATE", "D", "粤BD12345")),
        ("车架号 1M8GDM9AXKP042788", ("VIN", "A", "1M8GDM9AXKP042788")),
        ("车架号 1M8GDM9AXKP042789", ("VIN", "C", "1M8GDM9AXKP042789")),
        ("发动机号：AB123456", ("ENGINE", "C", "AB123456")),
    ],
    "organisation": [
        ("代码91110000MA0000000H", ("USCC", "B", "91110000MA0000000H")),
        ("组织机构代码 00000000-0", ("ORG_CODE", "C", "000000000")),
        ("就诊医院：某市第一人民医院", ("HOSPITAL", "C", "某市第一人民医院")),
        ("随后送至某县中医医院治疗", ("HOSPITAL", "D", "某县中医医院")),
    ],
    "birth_date": [
        ("出生日期：1949年12月31日", ("DOB", "C", "1949-12-31")),
        ("出生年月 1997.12", ("DOB", "C", "1997-12")),
        ("1990年7月27日生", ("DOB", "C", "1990-07-27")),
        ("DOB: 06/12/65", ("DOB", "C", "1965-06-12")),
        ("出生日期：19491231", ("DOB", "C", "1949-12-31")),
    ],
    "loss_date": [
        ("出险日期：2019年3月5日", ("DATE_ACCIDENT", "C", "2019-03-05")),
        ("出险时间 2019.3", ("DATE_ACCIDENT", "C", "2019-03")),
        ("报案时间：2019-03-06 10:20", ("DATE_REPORT", "C", "2019-03-06")),
        ("于二〇一九年三月五日入院", ("DATE_ADMISSION", "D", "2019-03-05")),
        ("民国三十八年十二月三十一日", ("DATE_OTHER", "D", "1949-12-31")),
        ("患者2O19年3月5日出院", ("DATE_DISCHARGE", "D", "2019-03-05")),
        ("2019年3月5日在路口摔伤", ("DATE_ACCIDENT", "D", "2019-03-05")),
        ("date of loss: April 1, 2022", ("DATE_ACCIDENT", "C", "2022-04-01")),
        ("Admitted: 07-Sep-2020", ("DATE_ADMISSION", "C", "2020-09-07")),
    ],
    "amount": [
        ("小写：¥12,345.67", ("AMOUNT", "C", "12345.67")),
        ("大写：壹万贰仟叁佰肆拾伍元陆角柒分", ("AMOUNT", "C", "12345.67")),
        ("共计人民币贰佰元整。", ("AMOUNT", "D", "200.00")),
        ("支付1.5万元", ("AMOUNT", "D", "15000.00")),
        ("合计金额 405.00", ("AMOUNT", "C", "405.00")),
        ("Total: $405.00", ("AMOUNT", "C", "405.00")),
    ],
    "diagnosis": [
        ("出院诊断：急性阑尾炎", ("DIAGNOSIS", "C", "急性阑尾炎")),
        ("后被诊断为糖尿病，目前", ("DIAGNOSIS", "C", "糖尿病")),
        ("疾病编码：I21.900x001", ("DIAGNOSIS", "C", "I21.900x001")),
        ("2.高脂血症(E78.500)", ("DIAGNOSIS", "D", "高脂血症")),
        ("见I21.9者", ("DIAGNOSIS", "D", "I21.9")),
        ("拟行右股骨颈骨折手术", ("DIAGNOSIS", "D", "右股骨颈骨折")),
    ],
    "health_text": [("主诉：双下肢水肿伴泡沫尿1月。", ("HEALTH_TEXT", "C", "双下肢水肿伴泡沫尿1月。"))],
    "address": [
        ("住址：北京市朝阳区某路1号", ("CN_ADDRESS", "C", "北京市朝阳区某路1号")),
        ("现居住于黑龙江省哈尔滨市南岗区学府路2032号，", ("CN_ADDRESS", "D", "黑龙江省哈尔滨市南岗区学府路2032号")),
        ("他住吉林省长春市朝阳区红旗街12号，", ("CN_ADDRESS", "D", "吉林省长春市朝阳区红旗街12号")),
        ("通讯地址：四川省", ("CN_ADDRESS", "C", "四川省")),
        ("现住址：（中国，日本）张家口市桥西区", ("CN_ADDRESS", "C", "张家口市桥西区")),
        ("户籍地址：新疆维吾尔自治区吐鲁番地\n          区鄯善县", ("CN_ADDRESS", "C", "新疆维吾尔自治区吐鲁番地区鄯善县")),
        ("四川省绵阳市涪城区梧桐新\n村14号楼3单元1503室", ("CN_ADDRESS", "D", "四川省绵阳市涪城区梧桐新村14号楼3单元1503室")),
        ("住湖北省宜昌市夷陵\n区晚枫路318号", ("CN_ADDRESS", "D", "湖北省宜昌市夷陵区晚枫路318号")),
        (
            "at 3692 Oakhaven Court, Apt\n39, Springfield, AZ 31323",
            ("US_ADDRESS", "D", "3692 Oakhaven Court, Apt 39, Springfield, AZ 31323"),
        ),
        ("at 123 Any Street, Any City, CA 92127 now", ("US_ADDRESS", "D", "123 Any Street, Any City, CA 92127")),
        ("邮编：100020", ("ZIP", "C", "100020")),
    ],
    "united_states": [
        ("SSN 536-90-4399", ("US_SSN", "A", "536904399")),
        ("SSN 666-12-3456", ("US_SSN", "C", "666123456")),
        ("with 536-90-4399 on file", ("US_SSN", "D", "536904399")),
        ("Member ID: 11-2234-10190", ("US_MEMBER", "C", "11223410190")),
        ("1EG4-TE5-MK73", ("US_MBI", "D", "1EG4TE5MK73")),
        ("provider 1234567893", ("US_NPI", "B", "1234567893")),
        ("registration AB1234563", ("US_DEA", "B", "AB1234563")),
        ("Group No: G4683A", ("US_GROUP", "C", "G4683A")),
    ],
    "internet": [
        ("见https://example.com/a网站", ("URL", "D", "https://example.com/a")),
        ("from 192.0.2.17 today", ("IP", "D", "192.0.2.17")),
    ],
}
NEAR_MISSES = {
    "bank_card": ["编号4111111111111112", "62000000", "金额5100000000000000000000"],
    "phone": ["12800138000", "身份证110105194912310021", "日期2019-03-05", "金额13800138000.00元", "01-2345678"],
    "email": ["li@example", "@someone", "a@b"],
    "policy_number": ["保单号：", "PDAA2026", "保单号：无", "保单：详见附件"],
    "claim_number": ["报案号：无", "RDAA2026"],
    "passport": ["EI1234567", "K12345678", "E1234567"],
    "regional_identity": ["A123456789012", "A123456788", "9215432(8)"],
    "vehicle": ["京AI2345", "1M8GDM9AXKP042789", "京东商城"],
    "organisation": ["91110000MA0000000J", "去医院"],
    "birth_date": ["出生日期：1949年13月31日", "2019年3月5日", "1949年12月31日出生证"],
    "loss_date": ["版本2019.13.5", "电话010-12345678", "1.2.3"],
    "amount": ["第12345页", "2019年", "伍佰"],
    "diagnosis": ["诊断：无", "是否患有特殊病", "A4.5纸"],
    "address": ["北京市\n共3页 第1页", "上海市 合计\n费用3号", "北京市", "北京市朝阳区", "手机号码", "户口所在区县街乡"],
    "united_states": ["1234567890", "AB1234567", "1SG4-TE5-MK73", "12-34567"],
    "internet": ["版本1.2.3", "999.1.1.1"],
}


@pytest.mark.parametrize(("name", "text", "expected"), [(n, t, e) for n, cases in MATCHES.items() for t, e in cases])
def test_a_value_is_found_with_its_tier_and_normal_form(name, text, expected):
    assert expected in brief(CHINESE[name], text)


@pytest.mark.parametrize(("name", "text"), [(n, t) for n, cases in NEAR_MISSES.items() for t in cases])
def test_a_near_miss_is_left_alone(name, text):
    assert brief(CHINESE[name], text) == []


def test_every_recognizer_has_values_that_match():
    assert {*MATCHES, "identity_card", "person_name"} == set(CHINESE)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("被保险人：张三", [("CN_NAME", "张三", "insured")]),
        ("被保险人姓名 张 三 性别 男", [("CN_NAME", "张三", "insured")]),
        ("姓名（被保险人）：李小明", [("CN_NAME", "李小明", "insured")]),
        ("投保人 欧阳小明", [("CN_NAME", "欧阳小明", "policyholder")]),
        ("受益人：买买提·艾力", [("CN_NAME", "买买提·艾力", "beneficiary")]),
        ("兹有我辖区居民叶尔江·别克，男，", [("CN_NAME", "叶尔江·别克", None)]),
        ("保险金转入户名买买提·艾力、账号", [("CN_NAME", "买买提·艾力", "payee")]),
        ("就被保险人巴特尔·宝音于2013年8月发生的保险事故", [("CN_NAME", "巴特尔·宝音", "insured")]),
        ("姓名：画迎", [("CN_NAME", "画迎", None)]),
        ("受益人姓名：慕 容 思 辉", [("CN_NAME", "慕容思辉", "beneficiary")]),
        ("受益人：王芳、王小虎", [("CN_NAME", "王芳", "beneficiary"), ("CN_NAME", "王小虎", "beneficiary")]),
        ("主治医生张雅琴为其开药", [("DOCTOR", "张雅琴", "doctor")]),
        ("经王丽华医生诊断", [("DOCTOR", "王丽华", "doctor")]),
        ("张三是一名工人", [("CN_NAME", "张三", None)]),
        ("李小明，38岁，", [("CN_NAME", "李小明", None)]),
        ("Patient Name: John Doe", [("CN_NAME", "John Doe", "patient")]),
        ("Insured's Name: Doe, Jane", [("CN_NAME", "Doe, Jane", "insured")]),
        ("Dear Mr. Baader,", [("CN_NAME", "Baader", None)]),
    ],
)
def test_names_are_found_with_whose_they_are(text, names):
    assert [(one.kind, one.canonical, one.role) for one in found(person_name.find, text)] == names


@pytest.mark.parametrize(
    "text",
    [
        "患者高血压病史10年",
        "姓名：",
        "与被保险人关系：父女",
        "申请人签字：",
        "高热三天，费用自理",
        "Policy Number: 123",
        "被保险人于2019年入院",
        "姓名：同上",
    ],
)
def test_what_only_looks_like_a_name_is_none(text):
    assert brief(person_name.find, text) == []


@pytest.mark.parametrize("title", ["主任医师", "副主任医师", "医生"])
def test_a_doctor_is_hidden_with_the_title(title):
    text = f"经胡雪梅{title}诊断"
    (doctor,) = found(person_name.find, text)
    assert (doctor.canonical, text[doctor.start : doctor.end]) == ("胡雪梅", "胡雪梅" + title)


def test_check_digits_follow_their_published_rules():
    assert hong_kong_is_valid("A1234563")
    assert not hong_kong_is_valid("A1234567")
    assert taiwan_is_valid("A123456789")
    assert not taiwan_is_valid("A123456788")
    assert vin_is_valid("1M8GDM9AXKP042788")
    assert not vin_is_valid("1M8GDM9AXKP042789")
    assert dea_is_valid("AB1234563")
    assert not dea_is_valid("AB1234567")
