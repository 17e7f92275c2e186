"""Count who signed a letter: joint letters are one 件 and as many 人次 as there are names.

Receives the letter's text. Hands on a number, at least 1. It counts what a reader would count: a stated number
(等12人联名), or the names listed as signatures. A wrong count only asks a person to look.
"""

import re

LAST = 15  # lines with text in which signatures stand
MOST = 100_000  # nobody can sign for more than a town
DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2}

_NUMBER = r"(\d{1,6}|[一二两三四五六七八九十百]{1,5})"
_PEOPLE = (
    r"(?:余|多)?(?:名|位|户|个)?(?:投保人|被保险人|业主|客户|车主|村民|居民|职工|员工|家长|消费者|储户|群众|人|户)"
)
_STATED = (
    re.compile(rf"{_NUMBER}{_PEOPLE}?(?:[一共]同)?(?:联名|联署|签名|签字|联合署名)"),
    re.compile(rf"(?:联名|联署|签名|署名|联名人|签名人)(?:者|人)?(?:共|计|共计)?{_NUMBER}{_PEOPLE}"),
    re.compile(rf"我们(?:这|一共|共|共计)?{_NUMBER}{_PEOPLE}"),
)
_AND_OTHERS = re.compile(rf"等(?:共|计)?{_NUMBER}{_PEOPLE}\s*$", re.MULTILINE)
_LIST = re.compile(r"\s*(?:联名人|联名者|签名人?|署名人?|联署人|来信人|投诉人|举报人|反映人)[：:](.*)")
_BETWEEN = re.compile(r"[、，,；;\s\u3000]+")
_NAME = re.compile(
    r"[赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜谢邹喻柏水窦章云苏潘葛范彭郎鲁韦马苗方俞任袁柳史唐费"
    r"薛雷贺倪汤罗毕郝安常于傅康伍余顾孟黄穆萧尹姚邵汪祁毛狄米贝明戴宋庞熊纪舒屈项祝董梁杜阮蓝闵席季贾路江童颜郭梅林钟徐"
    r"邱骆高夏蔡田樊胡凌霍万柯卢莫丁邓洪包石崔吉龚程邢裴陆翁荀甄曲封段侯宁仇武刘景詹龙叶白赖卓乔温庄晏柴瞿阎习艾容向古易"
    r"廖耿文曾关游肖涂][\u4e00-\u9fff]{1,2}"
)


def signers_of(text: str) -> int:
    """Return how many people signed; 1 where nothing says more."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    tail = lines[-LAST:]
    stated = [_value(found[1]) for pattern in _STATED for found in pattern.finditer(text[:MOST])]
    stated += [_value(found[1]) for found in _AND_OTHERS.finditer("\n".join(tail))]
    return min(MOST, max([1, len(_listed(tail)), *stated]))


def _listed(lines: list[str]) -> set[str]:
    """Collect names: those after 联名人：, and lines that are nothing but several names."""
    names: set[str] = set()
    in_list = False
    for line in lines:
        label = _LIST.match(line)
        found = [name for name in _BETWEEN.split(label[1] if label else line) if name]
        only_names = all(_NAME.fullmatch(name) for name in found)
        if only_names and (label or len(found) > 1 or in_list):
            names.update(found)
        in_list = bool(only_names and (label or in_list or len(found) > 1))
    return names


def _value(number: str) -> int:
    if number.isascii():
        return int(number)
    hundreds, _, rest = number.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    value = 100 * (DIGITS.get(hundreds, 1) if "百" in number else 0)
    return value + 10 * (DIGITS.get(tens, 1) if ten else 0) + DIGITS.get(ones, 0)
