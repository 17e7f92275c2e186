"""Read names and key words that were written in traditional characters.

Receives text. Hands on the same text, character for character, with simplified forms for those that stand in people's
names and in what letters to such an office are about. It is no conversion of a whole text: what the table does not
know stays, and nobody is shown the result.
"""

_PAIRS = (
    # people's names
    "陳陈張张劉刘楊杨黃黄趙赵吳吴孫孙鄭郑馮冯許许鄧邓蕭萧葉叶呂吕蘇苏盧卢蔣蒋賈贾韋韦譚谭鄒邹閻阎龍龙賀贺顧顾龔龚萬万錢钱湯汤"
    "喬乔賴赖莊庄顏颜聶聂齊齐嚴严溫温駱骆鍾钟鐘钟閔闵紀纪連连歐欧陽阳關关羅罗謝谢範范魯鲁婁娄畢毕單单項项羋芈"
    "靜静偉伟麗丽軍军傑杰華华國国強强紅红蘭兰鳳凤瓊琼瑩莹潔洁艷艳飛飞鵬鹏鴻鸿慶庆興兴榮荣貴贵寶宝銀银鋼钢鐵铁鋒锋銳锐"
    "濤涛澤泽淵渊漢汉滿满潤润濱滨瀟潇輝辉燁烨煒炜燦灿煥焕東东棟栋樹树權权樺桦楓枫檸柠楨桢橋桥業业維维綱纲純纯紹绍綺绮緯纬"
    "繼继續续縉缙愛爱憲宪懷怀應应恆恒愷恺學学實实寧宁導导尋寻壽寿將将專专爾尔嵐岚歲岁師师廣广廬庐彥彦從从徑径復复"
    "勝胜勁劲勵励勛勋動动劍剑剛刚創创劃划則则務务勞劳勢势開开間间閩闽閱阅聞闻聰聪聯联聖圣職职肅肃臨临與与舉举蓮莲葦苇蔭荫藝艺"
    "薔蔷蘆芦蘊蕴處处衛卫裡里補补見见規规視视覺觉觀观詩诗誠诚詠咏詳详語语誼谊諾诺謀谋謙谦議议證证識识讓让貞贞貝贝財财責责賢贤"
    "質质賓宾贊赞贏赢躍跃車车軒轩輪轮轉转農农進进遠远達达適适選选遜逊邁迈鄉乡鄰邻醫医釗钊鈞钧鈴铃鉅巨銘铭錦锦錄录鎮镇鏡镜長长"
    "門门閃闪陸陆陰阴隊队際际隨随隱隐雙双雲云電电霽霁韻韵響响順顺頌颂領领頤颐題题願愿風风馬马駿骏騰腾驍骁驗验鯤鲲鶴鹤鷹鹰麥麦點点"
    # what letters are about, and how people are called
    "戶户員员員员廳厅監监書书記记辦办險险賠赔償偿險险費费額额據据據据條条約约簽签訴诉報报詢询請请託托諮咨"
    "產产損损傷伤殺杀輕轻訪访眾众綁绑鬧闹樓楼圍围揚扬歸归盡尽這这個个們们無无為为對对時时過过還还後后來来發发"
    "經经給给騙骗壓压億亿價价兩两區区參参問问團团圖图場场壞坏壯壮壇坛獎奖審审寫写屆届嚇吓營营擔担擇择擬拟斷断舊旧曉晓會会檢检"
    "沒没決决沖冲況况湊凑準准滅灭濟济災灾熱热牽牵狀状獨独獲获現现環环畫画當当療疗癒愈確确種种稱称積积穩稳窮穷競竞筆笔節节簡简"
    "糾纠級级紙纸細细終终組组結结絕绝統统綜综線线編编緊紧緩缓練练總总織织繳缴罰罚聲声聽听脅胁腦脑臟脏藥药虧亏術术裝装製制"
    "訊讯訂订計计討讨訓训設设評评詐诈話话該该認认誤误說说誰谁課课調调談谈論论諒谅謊谎護护變变負负貨货販贩貪贪購购貼贴貸贷賄贿資资"
    "賣卖贖赎趕赶跡迹踐践較较載载輛辆輸输辭辞違违遞递遲迟遷迁邊边釋释鈔钞銷销錯错鍵键鎖锁閉闭闖闯陣阵階阶隸隶難难離离雜杂"
    "靈灵頁页預预頻频類类顯显飯饭飲饮館馆駕驾驚惊體体鬥斗鬆松鹽盐齡龄屬属絡络"
)
_SIMPLIFIED = str.maketrans(dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True)))


def simplified(text: str) -> str:
    """Return *text* with simplified forms; every character keeps its place."""
    return text if text.isascii() else text.translate(_SIMPLIFIED)
