"""The marks by which mail programs part new text, quoted mail and signature: tables, no logic.

A new program is a new line here and a new sample in the tests. Every pattern is bounded, so that no text is slow.
"""

import re

from mailbox_worker.mail.parsed import ATTACHED_MAIL_MARK

_NAMES_OF_QUOTES = (
    r"原始邮件|原邮件|回复的原邮件|转发的邮件|转发邮件信息?|邮件原件|邮件原文|原始信息|原始郵件|原始訊息"
    r"|Original Message|Original|Forwarded Message|Reply Message"
)
_RULED_HEADING = rf"[-—–_=]{{2,40}}\s{{0,5}}(?:{_NAMES_OF_QUOTES})\s{{0,5}}[-—–_=]{{2,40}}"

HEADINGS = (  # a whole line that says: from here on it is quoted
    re.compile(rf"\s*{_RULED_HEADING}\s*", re.IGNORECASE),  # QQ, Foxmail, 163, Sina, Outlook
    re.compile(re.escape(ATTACHED_MAIL_MARK)),
    re.compile(r"\s*(?:Begin forwarded message|下面是被转发的邮件|开始转发的邮件)\s*[:：]\s*", re.IGNORECASE),
)

_TIME_OR_ADDRESS = r"(?=.{0,300}?(?:@|\d{1,2}[:：]\d{2}))"
ATTRIBUTIONS = (  # one line, or up to three that were folded, naming who wrote the lines below
    re.compile(rf"[在於于]\s*\d{{4}}\s*[年/.-]{_TIME_OR_ADDRESS}.{{4,300}}[写寫]道\s*[:：]"),  # Apple, 163
    re.compile(r"\S.{0,200}[于於]\s*\d{4}\s*年.{4,100}[写寫]道\s*[:：]"),  # Gmail
    re.compile(r"\S.{0,100}<[^<>\s]{1,200}@[^<>\s]{1,200}>\s*在\s*\d{4}\s*年.{4,100}[写寫]道\s*[:：]"),  # Xiaomi
    re.compile(r"\d{4}[年/-]\d{1,2}[月/-]\d{1,2}日?.{0,60}<[^<>\s]{1,200}@[^<>\s]{1,200}>\s*(?:[写寫]道)?\s*[:：]?"),
    re.compile(  # Lotus Notes: sender and time, each on a line
        r"\S.{0,100}<[^<>\s]{1,200}@[^<>\s]{1,200}>\s+\d{4}[-/]\d{1,2}[-/]\d{1,2}\s+(?:[上下]午\s?)?\d{1,2}:\d\d(?::\d\d)?"
    ),
    re.compile(rf"(?:On|At)\s{_TIME_OR_ADDRESS}.{{8,300}}\swrote\s*[:：]", re.IGNORECASE),
    re.compile(r"\S.{0,100}<[^<>\s]{1,200}@[^<>\s]{1,200}>\s*(?:wrote|写道|寫道)\s*[:：]"),
)
FOLDED_ATTRIBUTION_BEGINS = re.compile(r"[在於于]\s*\d{4}|(?:On|At)\s|.{0,60}<[^<>\s]{1,200}@")

_FROM = r"发件人|寄件者|From"
FIRST_FIELD = re.compile(rf"[\s|*]{{0,20}}(?:{_FROM})[\s|*]{{0,20}}[:：|]", re.IGNORECASE)
FIELD = re.compile(  # the quoted mail's own head, as Outlook and Foxmail print it
    rf"[\s|*]{{0,20}}(?:{_FROM}|发送时间|发送日期|发件时间|已发送|日\s?期|时\s?间|寄件日期|Sent|Date|收件人|收件者|To"
    r"|抄\s?送[人至]?|副本|Cc|主\s?题|主題|主旨|Subject)[\s|*]{0,20}[:：|]",
    re.IGNORECASE,
)
RULE_ABOVE_HEAD = re.compile(r"\s*[_\-=—]{3,}\s*")

BARE_HEADING = re.compile(
    r"\s*(?:原始邮件|Original|Original Message)\s*"
)  # QQ: alone above the head, no rule around it

BANNERS = tuple(  # a whole line that a gateway puts above a mail from outside
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\s*[\[(【（]\s*(?:EXTERNAL(?: E-?MAIL)?|外部邮件|外来邮件)\s*[\])】）].{0,80}",
        r"\s*(?:CAUTION|WARNING)\s*[:：].{0,40}originated (?:from )?outside.{0,200}",
        r"\s*(?:注意|警告|提示)\s*[:：].{0,40}(?:外部邮件|来自(?:外部|组织外|公司外)).{0,80}",
        r"\s*(?:此|本|该)邮件来自(?:外部|组织外|公司外).{0,80}",
    )
)

INLINE = (  # the same marks where a gateway has flattened the lines: never certain
    re.compile(_RULED_HEADING, re.IGNORECASE),
    re.compile(r"[在於]\s*\d{4}\s*[年/.-][^@]{4,200}@.{0,100}?[写寫]道\s*[:：]"),
    re.compile(r"(?:发件人|From)\s*[:：].{1,99}?(?:发送时间|日期|Sent|Date)\s*[:：].{1,99}?(?:收件人|To)\s*[:：]"),
    re.compile(r"\bOn [^@]{8,200}@.{0,100}? wrote:"),
)

NOT_UNDERSTOOD = re.compile(  # left in the new text: a quote that no table knows, or a gateway's banner
    r"[写寫]道\s*[:：]\s*$|\bwrote:\s*$|原始邮件|回复的原邮件|Original Message|^\s*(?:发件人|From)\s*[:：]"
    r"|\bCAUTION\b|\bEXTERNAL\b|originated (?:from )?outside|外部邮件|来自(?:外部|组织外|公司外)",
    re.MULTILINE,
)

_DEVICE = (
    r"(?:iPhone|iPad|Mac|Android|安卓|华为|HUAWEI|荣耀|HONOR|小米|红米|Redmi|vivo|OPPO|三星|魅族|手机)"
    r"(?:手机)?(?: ?(?:Pro|Max|Plus|Ultra|mini|Air|SE|Mate|[A-Z]?\d{1,3}[A-Za-z]?)){0,4}"
)
_PROGRAM = (
    r"(?:(?:我的)?(?:QQ|网易|163|126|新浪|139|阿里|企业微信)邮箱(?:大师|手机智能版)?|(?:我的)?企业微信|Foxmail|Outlook|飞书|钉钉)"
    r"(?:移动版|手机版|客户端)?"
)
_SHORT_LINK = r"(?: ?<https://aka\.ms/\w{1,20}>)?"
SIGNATURES = tuple(  # closed lists: '发自我的iPhone，但请修改' is no signature
    re.compile(rf"\s{{0,8}}{pattern}\s{{0,8}}[。.]?\s{{0,8}}", re.IGNORECASE)
    for pattern in (
        rf"(?:发自|來自|来自|發自)\s?(?:我的)?\s?{_DEVICE}",
        rf"(?:发自|来自|使用)\s?{_PROGRAM}(?:发送)?",
        rf"从\s?(?:我的)?\s?(?:{_DEVICE}|{_PROGRAM})\s?发送",
        r"从 ?Windows ?版邮件发送",
        r"签名由 ?网易邮箱大师 ?定制",
        rf"Sent from (?:my )?(?:{_DEVICE}|Mail for Windows(?: 10)?|Outlook(?: for (?:iOS|Android))?)",
        rf"(?:获取|Get) ?(?:适用于 ?(?:iOS|Android) ?的 ?)?Outlook(?: ?for (?:iOS|Android))?{_SHORT_LINK}",
    )
)
MADE_TO_ORDER = re.compile(r"\s*签名由")  # stands below a card that its program draws as a table
CARD_BEGINS, CARD_ENDS, LONGEST_CARD = re.compile(r"\s*\|\s*\|\s*"), re.compile(r"\s*\|\s*"), 15
DELIMITER = "-- "  # stands alone above a signature (RFC 3676, 4.3)
NO_SIGNATURE = re.compile(r"但|不同意|退回|修改|核实|[暂缓不]发|暂缓|\breturn\b", re.IGNORECASE)
"""Words of a decision: below a signature's delimiter they make the cut doubtful."""
