"""Every reason code with a sentence that says what to do, in English and Chinese. docs/errors.md lists the same, tested.

A code is stable: programs may match on it. A sentence may be reworded.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remedy:
    """What a person reads beside a reason code."""

    en: str
    zh: str


REASONS: dict[str, Remedy] = {
    # A file that was not taken in.
    "empty_file": Remedy("The file has no bytes. Scan or copy it again.", "文件为空，请重新扫描或复制。"),
    "unsupported_type": Remedy(
        "The bytes are of no type that is read here. Convert to PDF, TIFF, JPEG, PNG, XLSX or CSV and send it again.",
        "文件类型不受支持，请转换为 PDF、TIFF、JPEG、PNG、XLSX 或 CSV 后重新提交。",
    ),
    "unsupported_office_file": Remedy(
        "An office file of a kind that is not read here (.xls, .xlsb, .ods, .doc, .docx), or one behind a password. Open it, take the password off, save a table as .xlsx and a text as PDF, and send that.",
        "该 Office 文件类型不受支持（.xls、.xlsb、.ods、.doc、.docx）或设有密码，请打开并取消密码，表格另存为 .xlsx、文稿另存为 PDF 后提交。",
    ),
    "too_large": Remedy(
        "The file is larger than the limit. Split it, or have the limit raised in the settings.",
        "文件超过大小上限，请拆分，或在设置中提高上限。",
    ),
    "file_unreadable": Remedy(
        "The file could not be opened or read from its disk. Check permissions and the medium, then ingest it again.",
        "无法从磁盘读取该文件，请检查权限与介质后重新导入。",
    ),
    "unsafe_path": Remedy(
        "The container names a path outside itself. Ask who made it; pack the files again without it.",
        "压缩包内路径越界，请核实来源并重新打包。",
    ),
    "damaged_container": Remedy(
        "The container or this member of it is damaged. Ask for it again.", "压缩包或其中文件已损坏，请重新获取。"
    ),
    "encrypted_container": Remedy(
        "The container or this member of it is encrypted. Unpack it with its password and send the files.",
        "压缩包已加密，请用密码解压后提交文件。",
    ),
    "nested_too_deep": Remedy(
        "Containers lie inside containers deeper than the limit. Unpack the inner ones and send the files.",
        "压缩包嵌套层数超限，请解压内层后提交。",
    ),
    "too_many_members": Remedy("The container holds more files than the limit. Split it.", "压缩包内文件数超限，请拆分。"),
    "expands_too_much": Remedy(
        "The container unpacks to far more than its size, as an attack does. Check where it is from; send the files unpacked.",
        "压缩包膨胀比异常，请核实来源并提交解压后的文件。",
    ),
    "part_not_searched": Remedy(
        "The file holds a part that cannot be searched: a picture, or a file packed in a way that is not opened here. Take it out, and have the file judged again.",
        "文件内有无法检查的部分：图片，或以不受支持的方式打包的文件。请移除后重新检查。",
    ),
    # A document whose pages cannot be counted.
    "encrypted_document": Remedy(
        "The document asks for a password. Remove the protection with the password and ingest the open copy.",
        "文档已加密，请用密码解除保护后重新导入。",
    ),
    "damaged_document": Remedy(
        "The document is damaged beyond repair. Scan or export it again.", "文档损坏且无法修复，请重新扫描或导出。"
    ),
    "unclear_encoding": Remedy(
        "The text's encoding could not be told for certain, and by a wrong one names would be other names. Open it where its characters show rightly, save it as CSV in UTF-8 or as XLSX, and send that.",
        "无法确定文本编码，编码有误则姓名会变成别的字。请在字符显示正确的程序中打开，另存为 UTF-8 编码的 CSV 或 XLSX 后提交。",
    ),
    "too_many_merges": Remedy(
        "A sheet has more merged cells than are read. Undo the merging, or split the sheet, and send it again.",
        "工作表的合并单元格过多，请取消合并或拆分工作表后重新提交。",
    ),
    "no_pages": Remedy("The document has no page. Scan or export it again.", "文档没有页面，请重新扫描或导出。"),
    "too_many_pages": Remedy(
        "The document has more pages than the limit. Split it, or have the limit raised.", "页数超过上限，请拆分或提高上限。"
    ),
    "document_timeout": Remedy(
        "Opening the document took longer than the limit, every time. Print it to PDF or scan it, and ingest that.",
        "打开文档超时，请打印为 PDF 或重新扫描后导入。",
    ),
    "document_memory": Remedy(
        "Opening the document took more memory than the limit, every time. Print it to PDF or scan it, and ingest that.",
        "打开文档超出内存上限，请打印为 PDF 或重新扫描后导入。",
    ),
    "document_crash": Remedy(
        "Opening the document crashed the reader, every time. Print it to PDF or scan it, and ingest that.",
        "打开文档导致读取程序崩溃，请打印为 PDF 或重新扫描后导入。",
    ),
    # A page that was not read.
    "page_too_large": Remedy(
        "The page has more pixels than the limit. Scan it at a lower resolution, or have the limit raised.",
        "页面像素超过上限，请降低分辨率重新扫描，或提高上限。",
    ),
    "damaged_page": Remedy("The page's data is damaged. Scan it again.", "页面数据损坏，请重新扫描。"),
    "no_text_found": Remedy(  # of pages read before their kinds were told apart
        "The page is not blank, but no text could be read on it. Have it read again to learn why: claimkeep retry.",
        "页面非空白但未识别出文字。请用 claimkeep retry 重新识别以了解原因。",
    ),
    "not_a_document": Remedy(
        "The page shows a picture and no text. It is kept as it came; look at the original, and scan the page again if there is text on it.",
        "页面为图片，未见文字。原件照样保存，请查看原件；若有文字请重新扫描。",
    ),
    "page_unreadable": Remedy(
        "There is text on the page, but what was read is mostly wrong. Scan it again at 300 dpi from the best copy, or read it by eye.",
        "页面有文字但无法可靠识别，请用最清晰的原件以 300 dpi 重新扫描，或人工录入。",
    ),
    "page_too_faint": Remedy(
        "The print is too faint to be read. Scan the page again darker, in grey at 300 dpi; it may also be print showing through from the other side.",
        "字迹过浅无法识别，请调深并以灰度 300 dpi 重新扫描；也可能是背面透印。",
    ),
    "page_too_dark": Remedy(
        "The page is too dark to be read. Scan it again brighter, or take its picture in better light.",
        "页面过暗无法识别，请调亮重新扫描，或在光线充足处重新拍摄。",
    ),
    "page_too_blurred": Remedy(
        "The print is too blurred to be read. Scan the page flat at 300 dpi, or take its picture again in focus and without moving.",
        "字迹模糊无法识别，请平放以 300 dpi 重新扫描，或对焦后重新拍摄。",
    ),
    "resolution_too_low": Remedy(
        "The letters have too few pixels to be read. Scan the page again at 300 dpi, or send the picture in its full size.",
        "分辨率过低无法识别，请以 300 dpi 重新扫描，或提交原始尺寸的图片。",
    ),
    "page_timeout": Remedy(
        "Working on the page took longer than the limit, every time. Scan it at a lower resolution, or read it by eye.",
        "处理页面超时，请降低分辨率重新扫描或人工录入。",
    ),
    "page_memory": Remedy(
        "Working on the page took more memory than the limit, every time. Scan it at a lower resolution.",
        "处理页面超出内存上限，请降低分辨率重新扫描。",
    ),
    "page_crash": Remedy(
        "Working on the page crashed its worker, every time. Scan it again; report the document id to whoever runs the archive.",
        "处理页面导致进程崩溃，请重新扫描，并将文档编号报告管理员。",
    ),
    "page_error": Remedy(
        "Working on the page ended in an error, every time. Report the document id and page to whoever runs the archive.",
        "处理页面出错，请将文档编号和页码报告管理员。",
    ),
    "document_error": Remedy(
        "Working on the document ended in an error, every time. Report the document id to whoever runs the archive.",
        "处理文档出错，请将文档编号报告管理员。",
    ),
    # Reading pages again.
    "bad_filter": Remedy(
        "The filter for pages cannot be understood. Join conditions such as confidence<0.8 by `and`; the fields are confidence, engine, state, reason, class, document, batch, version.",
        "页面筛选条件无法识别。请用 and 连接条件，如 confidence<0.8；可用字段：confidence、engine、state、reason、class、document、batch、version。",
    ),
    "engine_not_installed": Remedy(
        "This OCR engine is not installed, or cannot be started. Install it (`pip install 'claimkeep[paddle]'`; for Tesseract the system's packages tesseract-ocr and tesseract-ocr-chi-sim), or choose another.",
        "该 OCR 引擎未安装或无法启动，请安装（pip install 'claimkeep[paddle]'；Tesseract 请安装系统软件包 tesseract-ocr 与 tesseract-ocr-chi-sim）或选用其他引擎。",
    ),
    "blank_now": Remedy(
        "Read again, the page was taken for blank although text had been read on it. The older reading stays; look at the page.",
        "重新识别认为该页为空白，但此前曾识别出文字。保留原识别结果，请人工查看该页。",
    ),
    "reading_failed": Remedy(
        "This version is a try that failed and has no text. Choose another; `claimkeep show` lists them.",
        "该版本为失败的识别，没有文字，请选择其他版本（claimkeep show 可列出）。",
    ),
    "field_not_found": Remedy(
        "No such field was found on the document. Give what it says with --value, and the page with --page.",
        "文档中未找到该字段，请用 --value 给出内容，并用 --page 指明页码。",
    ),
    "no_page_read": Remedy(
        "None of the document's pages could be read; see each page's reason.", "该文档没有任何页面可读，请查看各页原因。"
    ),
    # A derivative that is not served.
    "leak_found": Remedy(
        "Reading the redacted file back found something that must be hidden. It is not served; review its masks.",
        "复核发现遮盖不完整，文件不予提供，请复核遮盖。",
    ),
    "not_made_yet": Remedy(
        "The redacted file for this audience is not made yet. Try again when work on the document is done.",
        "该受众的遮盖文件尚未生成，请在处理完成后重试。",
    ),
    "derivative_stale": Remedy(
        "The redacted file was made from an older reading and is being made again. Try again when work on the document is done.",
        "遮盖文件依据旧的识别结果生成，正在重新生成，请在处理完成后重试。",
    ),
    "approval_missing": Remedy(
        "The redacted file waits for somebody to approve it. Ask a reviewer; see claimkeep review list.",
        "遮盖文件尚待批准，请联系复核人员（claimkeep review list）。",
    ),
    "derivative_rejected": Remedy(
        "A reviewer rejected this version of the redacted file. It is not given out; change its masks and submit them.",
        "该版本遮盖文件已被复核人员驳回，不予提供，请修改遮盖后重新提交。",
    ),
    "derivative_withdrawn": Remedy(
        "A reviewer withdrew this version of the redacted file, and it is not given out. Ask a reviewer to change its masks and submit them; the new version is given out once somebody else has approved it.",
        "该版本遮盖文件已被复核人员撤回，不予提供。请联系复核人员修改遮盖并提交，新版本经他人批准后方可提供。",
    ),
    # A certificate.
    "certificate_missing": Remedy(
        "No certificate was made of this file: it is older than certificates are, or was planned by another policy. Have it made again with claimkeep export --certificate.",
        "该文件未附证明（早于证明功能，或规划时采用其他策略），请用 claimkeep export --certificate 重新生成。",
    ),
    "certificate_malformed": Remedy(
        "This is no redaction certificate, or it is not written byte for byte as it was signed. Ask for it again, as it was made.",
        "不是遮盖证明，或与签署时的字节不完全一致，请重新索取原件。",
    ),
    "certificate_other_key": Remedy(
        "Another key signed this certificate. Ask the archive for its public key, and compare the key's SHA-256 by another route.",
        "该证明由其他密钥签署，请向档案库索取公钥，并经其他途径核对公钥的 SHA-256。",
    ),
    "certificate_changed": Remedy(
        "The signature does not fit: the certificate was changed after it was signed. Do not rely on it; ask for it again.",
        "签名不符，证明在签署后被改动，请勿采信并重新索取。",
    ),
    "certificate_incomplete": Remedy(
        "The signature is right, but the certificate does not say that every page and the file passed their checks. Do not rely on it.",
        "签名有效，但证明未表明每一页及整个文件均通过检查，请勿采信。",
    ),
    "certificate_other_file": Remedy(
        "The certificate is about another file, or this one was changed. Do not rely on this file; ask for it again.",
        "证明所述并非此文件，或文件已被改动，请勿采信并重新索取。",
    ),
    "not_a_public_key": Remedy(
        "The key's file holds no Ed25519 public key in PEM. Ask the archive for it: claimkeep certificate key.",
        "密钥文件不是 PEM 格式的 Ed25519 公钥，请向档案库索取（claimkeep certificate key）。",
    ),
    # A review.
    "same_person": Remedy(
        "Whoever made it, or asked for it, cannot decide of it. Somebody else with the role must.",
        "制作人或申请人不得自行决定，须由另一名有权限的人员处理。",
    ),
    "already_decided": Remedy(
        "This was decided already. Look at it again: claimkeep review show, claimkeep breakglass list.",
        "该事项已有决定，请重新查看（claimkeep review show、claimkeep breakglass list）。",
    ),
    "not_this_version": Remedy(
        "There is a newer version by now. Look at that one, and decide of it.",
        "已有更新的版本，请查看新版本后再作决定。",
    ),
    "nothing_to_decide": Remedy(
        "Nothing can be decided of this version. Where it is being made again, run claimkeep work and decide of the new version; where it was rejected or withdrawn, change its masks and submit them; where it leaks, only reject or withdraw it.",
        "该版本无可决定：正在重新生成的，请运行 claimkeep work 后对新版本作决定；已驳回或撤回的，请修改遮盖并提交；存在泄露的，只能驳回或撤回。",
    ),
    "draft_of_another": Remedy(
        "Somebody else has a draft of changes to these masks. Wait until it is submitted and decided, or discard it.",
        "他人正在修改这些遮盖，请待其提交并决定，或放弃该草稿。",
    ),
    "review_pending": Remedy(
        "Changes to these masks were submitted and wait for a decision. Approve or reject them first.",
        "已有遮盖修改待决定，请先批准或驳回。",
    ),
    "no_draft": Remedy(
        "There is no draft with changes to these masks. Add, move or remove a mask first.",
        "没有遮盖修改草稿，请先添加、移动或移除遮盖。",
    ),
    "mask_not_found": Remedy(
        "No mask with exactly this box is burnt into the page. List them with claimkeep review masks.",
        "该页没有与此坐标完全一致的遮盖，请用 claimkeep review masks 列出。",
    ),
    "mask_of_a_table": Remedy(
        "In a table, what the program hides stays hidden; only cells that people hid can be shown again. Correct the claim's"
        " field where the value was read as something else.",
        "表格中由程序遮盖的内容不能取消，只能恢复人工遮盖的单元格；如系误识，请更正相应字段。",
    ),
    "box_outside_page": Remedy(
        "The box is empty or reaches beyond the page. Give left, top, right, bottom in pixels of the page.",
        "坐标为空或超出页面，请按左、上、右、下给出页面像素坐标。",
    ),
    "reason_missing": Remedy(
        "Say why, in 500 characters at most.",
        "请填写理由（不超过 500 字）。",
    ),
    "bad_cursor": Remedy(
        "This cursor was not given by the list. Begin the list again without one.",
        "游标无效，请不带游标重新列出。",
    ),
    "token_unreadable": Remedy(
        "The file with the token cannot be read. Write the token that claimkeep users add printed into it.",
        "无法读取令牌文件，请将 claimkeep users add 给出的令牌写入该文件。",
    ),
    "unmasking_not_granted": Remedy(
        "Nobody has granted this yet. Ask a second person to: claimkeep breakglass grant.",
        "尚未获准，请由另一人批准（claimkeep breakglass grant）。",
    ),
    "unmasking_refused": Remedy(
        "A second person refused this. Ask again, and say why.",
        "该申请已被拒绝，请说明理由重新申请。",
    ),
    "unmasking_ended": Remedy(
        "The time for which the page could be seen is over. Ask again.",
        "查看时限已过，请重新申请。",
    ),
    "unmasking_failed": Remedy(
        "The page could not be drawn. Look at its state with claimkeep pages; the original stays as it is.",
        "该页无法生成图像，请用 claimkeep pages 查看状态；原件不受影响。",
    ),
    "nothing_to_sample": Remedy(
        "No page of the batch has a redacted picture for this audience that could be looked at. Run claimkeep work first.",
        "该批次没有可抽查的遮盖页面，请先运行 claimkeep work。",
    ),
    # A request.
    "bad_settings": Remedy(
        "A setting is wrong. Correct claimkeep.toml or the environment variable; docs/settings.md lists all.",
        "设置有误，请更正 claimkeep.toml 或环境变量。",
    ),
    "user_exists": Remedy("There is a user of this id already, or was one. Choose another id.", "该用户编号已被使用，请另选。"),
    "lease_lost": Remedy(
        "Somebody else has this work in hand by now; this result is not taken. Nothing is to be done.",
        "该任务已由他人接手，本结果不予采纳，无需处理。",
    ),
    "not_found": Remedy("There is no such thing, or not for you. Check the id.", "不存在或无权访问，请检查编号。"),
    "collection_exists": Remedy(
        "There is a collection of this name. Put batches into that one, or choose another name.",
        "已有同名档案集，请将批次加入该集或另选名称。",
    ),
    "role_not_restricted": Remedy(
        "Only handlers are held to collections: an archivist sees no document, and compliance oversees all. Name a handler.",
        "仅理赔人员可限定档案集：档案员看不到文档内容，合规人员须能查看全部。请指定理赔人员。",
    ),
    # A list of questions, and a row of one.
    "not_a_list": Remedy(
        "The file is no list that is read here. Open it in a spreadsheet, save it as XLSX or as CSV in UTF-8, and send that.",
        "该文件不是可读取的名单，请用电子表格程序打开并另存为 XLSX 或 UTF-8 编码的 CSV 后提交。",
    ),
    "no_known_columns": Remedy(
        "No column is headed as names, numbers or dates within the first twenty rows. Head them 姓名, 保单号, 出险日期 (name, policy no, date), or say which they are: column=name=B.",
        "前二十行内没有姓名、号码或日期的列标题，请将列标题写作姓名、保单号、出险日期，或指明各列（column=name=B）。",
    ),
    "no_such_column": Remedy(
        "A column that was named is not there, or not as KEY=HEADING or KEY=LETTER; KEY is name, number, date, from or to. Look at the list's headings and name it again.",
        "所指定的列不存在，或写法有误（应为 键=列标题 或 键=列字母；键为 name、number、date、from、to），请核对列标题后重新指定。",
    ),
    "no_such_sheet": Remedy(
        "The workbook has no sheet of this number, or none that is shown. Give the sheet's place among all, from 1.",
        "工作簿中没有该序号的工作表，或没有可见的工作表，请给出工作表的序号（从 1 起）。",
    ),
    "list_too_long": Remedy(
        "The list has more rows than the limit. Split it, or have the limit raised in the settings.",
        "名单行数超过上限，请拆分，或在设置中提高上限。",
    ),
    "list_too_wide": Remedy(
        "The list has more than a hundred columns. Take out those that need not come back, and send it again.",
        "名单超过一百列，请删去无需返回的列后重新提交。",
    ),
    "too_many_rows": Remedy(
        "You have had as many rows of lists answered as a person may within a day. Wait as long as Retry-After says, or send a shorter list; if your work needs more, ask whoever runs the archive.",
        "您今日查询的名单行数已达上限，请按 Retry-After 所示时间等待，或提交较短的名单；如工作需要，请联系管理员。",
    ),
    "out_unwritable": Remedy(
        "The result could not be written. Check the folder, its permissions and its free space, and run the command again.",
        "无法写入结果文件，请检查目录、权限与剩余空间后重新运行。",
    ),
    "nothing_found": Remedy(
        "Nothing was found. Search for one key of the row alone, for near misses too (wide), or for a part of the name or number.",
        "未找到。请只用该行的一项查询，或放宽匹配（wide），或只查姓名、号码的一部分。",
    ),
    "row_empty": Remedy(
        "The row has no name, number or date to look for. Fill one in, and send the row again.",
        "该行没有可查询的姓名、号码或日期，请补填后重新提交该行。",
    ),
    "row_unreadable": Remedy(
        "The row could not be read: a quotation mark is not closed, or it is too long. Correct it in the list, and send the row again.",
        "无法读取该行：引号未闭合，或该行过长。请在名单中更正后重新提交该行。",
    ),
    "row_misaligned": Remedy(
        "The row has more cells than there are headings, so its values may stand in wrong columns. Put values that hold the delimiter into quotation marks, or head every column, and send the row again.",
        "该行单元格多于列标题，内容可能错列。请为含分隔符的内容加引号，或补全列标题后重新提交该行。",
    ),
    "value_too_long": Remedy(
        "A name, number or date of the row is longer than 200 characters. Put into the cell that value alone, and send the row again.",
        "该行的姓名、号码或日期超过 200 个字符，请在单元格中只填该项内容后重新提交该行。",
    ),
    "number_rounded": Remedy(
        "A spreadsheet has rounded this number, and its last digits are lost. Format the column as text, enter the number again, and send the row again.",
        "该号码已被电子表格程序取整，末尾数字丢失。请将该列设为文本格式，重新录入后提交该行。",
    ),
    "too_many_requests": Remedy(
        "You have asked too often within a minute. Wait as long as Retry-After says; if your work needs more, ask whoever runs the archive.",
        "一分钟内请求过多，请按 Retry-After 所示时间等待；如工作需要，请联系管理员。",
    ),
    "not_allowed": Remedy("Your role does not allow this. Ask for the role that does.", "当前角色无此权限，请申请相应角色。"),
    "not_signed_in": Remedy("Send a valid bearer token.", "请提供有效的访问令牌。"),
    "empty_query": Remedy("Give a name, a number, a date or text to search for.", "请输入姓名、号码、日期或文字。"),
    "only_unwanted": Remedy(
        "The question says only which words are not to be there. Add a word, a name, a number or a date to look for.",
        "查询只写了不要的文字，请再给出要找的文字、姓名、号码或日期。",
    ),
    "unclear_text": Remedy(
        "The text can be meant in several ways. AND, OR and NOT stand between or before words; write (A OR B) in brackets with nothing else in them, and in quotation marks what is no sign.",
        "文字有歧义。AND（且）、OR（或）、NOT（非）须写在词语之间或之前；(A OR B) 的括号内不可再有其他内容；若要查这些字本身，请加引号。",
    ),
    "too_many_words": Remedy(
        "The text has more words and phrases joined by signs than one search takes. Ask with fewer.",
        "文字中以符号连接的词语过多，请减少后再查。",
    ),
    "unreadable_date": Remedy(
        "The date could not be understood. Write it as 2019-03-05, 2019-03 or 2019.",
        "无法识别日期，请写作 2019-03-05、2019-03 或 2019。",
    ),
    "invalid_request": Remedy(
        "The request is not as it must be; `errors` names the places. The description is at /api/openapi.json.",
        "请求格式有误，位置见 errors；接口说明见 /api/openapi.json。",
    ),
    "internal_error": Remedy(
        "Something here went wrong. Try again; if it stays, report the time to whoever runs the archive.",
        "系统内部出错，请重试；如仍出现，请将时间告知管理员。",
    ),
    "archive_exists": Remedy(
        "There is an archive in this folder already. Use it, or choose another folder.",
        "该目录已有档案库，请直接使用或另选目录。",
    ),
    "no_archive": Remedy(
        "There is no archive here. Make one with `claimkeep init --home DIR`.",
        "此处没有档案库，请先运行 claimkeep init --home DIR。",
    ),
    "object_changed": Remedy(
        "Stored bytes have changed since they were stored. Stop, keep the disk as it is, and restore from a copy.",
        "存储内容已被更改，请停止使用、保留现场并从副本恢复。",
    ),
    "store_unavailable": Remedy(
        "The archive's disk or server does not answer. Check space, permissions and that it runs; then try again.",
        "存储不可用，请检查空间、权限与运行状态后重试。",
    ),
    "catalog_unavailable": Remedy(
        "The catalog does not answer. Check that it runs, its disk and its account; work goes on by itself when it answers again.",
        "目录库无响应，请检查其运行状态、磁盘与账号；恢复后工作自动继续。",
    ),
    "index_unavailable": Remedy(
        "The search index does not answer, or is damaged or of an older format. Check that it runs; rebuild it with `claimkeep rebuild-index`.",
        "搜索索引不可用、已损坏或格式过旧，请检查其运行状态，或运行 claimkeep rebuild-index 重建。",
    ),
    "queue_unavailable": Remedy(
        "The work queue does not answer. Check that it runs, its disk and its account; what waits is in the catalog and goes on by itself.",
        "任务队列无响应，请检查其运行状态、磁盘与账号；待办任务保存在目录库中，恢复后自动继续。",
    ),
    "no_messages": Remedy(
        "This archive's queue is the catalog itself: there are no messages, and workers serve every stage. Leave that option or command out.",
        "本档案库直接以目录库为任务队列，没有消息，也不能按步骤分工；请勿使用该命令或选项。",
    ),
    "no_such_message": Remedy(
        "None of these messages is a dead letter that can be read. List them with `claimkeep queue dead`.",
        "没有这样的可读死信，请用 claimkeep queue dead 查看。",
    ),
    "disk_nearly_full": Remedy(
        "The archive's disk has less free space than the settings keep back. Free some or add some; work and taking in go on by themselves.",
        "档案库磁盘剩余空间低于设定下限，请清理或扩容；之后导入与处理自动继续。",
    ),
    "keys_missing": Remedy(
        "The archive's key files are missing, changed or cannot be read. Do not restart anything; put them back from the safe copy.",
        "档案库密钥文件缺失、被更改或无法读取，请勿重启，并从安全副本恢复。",
    ),
    "schema_differs": Remedy(
        "The catalog's tables are not those of this version of the program. Run the version that the others run, and restart.",
        "目录库的表结构与本程序版本不符，请使用相同版本并重新启动。",
    ),
    "store_full": Remedy(
        "The store has no room left. Free some space or add some; work and taking in go on by themselves.",
        "存储空间已满，请清理或扩容；之后导入与处理自动继续。",
    ),
    "store_forbidden": Remedy(
        "The store refuses the archive's account. Check access_key, the secret's file and the account's rights (docs/decisions/0011-s3.md); work goes on by itself then.",
        "存储拒绝了档案库账号，请检查 access_key、密钥文件与账号权限；更正后工作自动继续。",
    ),
    "on_hold": Remedy(
        "The original is kept under retention or legal hold and cannot be deleted or moved until that ends. Nothing is to be done.",
        "原件处于保留期或法律保全中，期满前不可删除或移动，无需处理。",
    ),
    "archive_moved": Remedy(
        "The archive is being moved, or has moved (claimkeep copy): nothing is written here any more. Start this program again, so that it opens the new place; to give up a move that has not ended: claimkeep copy --reopen.",
        "档案库正在迁移或已迁移（claimkeep copy），此处不再写入。请重新启动本程序以打开新位置；若要放弃尚未完成的迁移，请运行 claimkeep copy --reopen。",
    ),
    "copy_running": Remedy(
        "Another process copies this archive at this moment. Wait for it to end.",
        "另一进程正在复制该档案库，请等待其结束。",
    ),
    "copy_same_place": Remedy(
        "The settings name a store or a catalog that the archive has already. Objects and rows move together: name another store and another catalog.",
        "设置中的存储或目录库即为当前所用。对象与目录须一并迁移，请同时指定新的存储和新的目录库。",
    ),
    "copy_target_used": Remedy(
        "The place to copy to holds something that is not an unused copy of this archive. Name an empty bucket and an empty database.",
        "目标位置已有其他内容，不是本档案库未启用的副本。请指定空的存储桶和空的数据库。",
    ),
    "copy_other_keys": Remedy(
        "The place to copy to belongs to an archive of other keys. Put this archive's folder keys there, or name another place.",
        "目标位置属于使用其他密钥的档案库，请将本档案库的 keys 目录放到该处，或另选位置。",
    ),
    "copy_differs": Remedy(
        "What arrived is not what is here, so nothing was switched. Run the command again; if it stays, compare with --check and report it.",
        "到达的内容与此处不一致，未切换。请重新运行该命令；若仍不一致，请用 --check 比较并报告管理员。",
    ),
    "index_full": Remedy(
        "The search index's disk is full, and it takes nothing more. Make room or add a disk; then it goes on by itself.",
        "搜索索引的磁盘已满，无法写入。请清理或扩充磁盘，之后会自动继续。",
    ),
    "rebuild_superseded": Remedy(
        "Another rebuild of the search index began meanwhile and goes on in place of this one. Nothing is to be done.",
        "另一次索引重建已经开始并取代本次重建，无需处理。",
    ),
    "object_exists": Remedy(
        "Other bytes are stored under this key already. Originals are never overwritten.", "该键已有其他内容，原件不可覆盖。"
    ),
    "key_unavailable": Remedy(
        "The document's key has been destroyed or the archive key is another one. Nothing can be opened with it.",
        "文档密钥已销毁或档案密钥不符，无法打开。",
    ),
}


def remedy(code: str) -> Remedy:
    """The sentence for *code*; an unknown code is an error of this program (KeyError)."""
    return REASONS[code]
