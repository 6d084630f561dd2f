"""The closed list of problems: each code's HTTP status, title and meaning.

The codes of refused statements are those of spec 6, in ``ledger.errors``; here
they get words. The rest are about requests. A problem's ``type`` is the path of
a page that prints the meaning, so a code that is not in this list does not exist.
"""

from collections.abc import Mapping
from typing import NamedTuple

from api.languages import Words
from ledger.errors import REFUSAL_STATUS


class Kind(NamedTuple):
    """What every problem of one code has in common."""

    status: int
    title: Words
    meaning: Words


_REFUSALS: Mapping[str, tuple[Words, Words]] = {
    "too_large": (
        Words("Too large", "内容过大"),
        Words(
            "A statement has at most 131,072 bytes and its event at most 49,152; a batch has at "
            "most 1,000 lines and 16 MiB. Split it, or send less.",
            "一份陈述不超过 131,072 字节，其事件不超过 49,152 字节；一批不超过 1,000 行、16 MiB。"
            "请拆分或缩减后再提交。",
        ),
    ),
    "malformed": (
        Words("Malformed", "格式有误"),
        Words(
            "The bytes break the format (spec 1 and 2): not canonical JSON, a member missing, "
            "unlisted or out of its range. Build the statement again and sign those bytes.",
            "字节不符合格式（规范第 1、2 节）：不是规范 JSON，或有成员缺失、多余、越界。"
            "请重新生成陈述并对其签名。",
        ),
    ),
    "wrong_ledger": (
        Words("Another ledger's statement", "不属于本账本"),
        Words(
            "The event's `ledger` names another ledger than this one. It has to be signed anew "
            "for this ledger, or posted to the one that it names.",
            "事件的 `ledger` 指向另一账本。请为本账本重新签名，或提交到其所指的账本。",
        ),
    ),
    "unknown_type": (
        Words("Unknown event type", "未知的事件类型"),
        Words(
            "The event's `type` is not in this ledger's closed list; "
            "`zelian event types` prints the list.",
            "事件的 `type` 不在本账本的类型清单中；`zelian event types` 可列出清单。",
        ),
    ),
    "weak_key": (
        Words("Weak key", "弱密钥"),
        Words(
            "The public key to be enrolled is one under which signatures prove nothing. "
            "Make another with `zelian key new`.",
            "待登记的公钥是弱密钥，其签名不能证明任何事。请用 `zelian key new` 另行生成。",
        ),
    ),
    "unknown_key": (
        Words("Unknown key", "未登记的密钥"),
        Words(
            "A signer's key was never enrolled in this ledger. The registrar enrols it first.",
            "某一签名密钥未在本账本登记。请先由登记机关登记。",
        ),
    ),
    "revoked_key": (
        Words("Revoked key", "已撤销的密钥"),
        Words(
            "A signer's key has been revoked. Sign with a live key.",
            "某一签名密钥已被撤销。请使用有效密钥签名。",
        ),
    ),
    "bad_signature": (
        Words("Bad signature", "签名无效"),
        Words(
            "A signature does not verify over these bytes: they were changed, or another key "
            "signed them. Sign again; a P-256 signature needs the low s.",
            "签名与内容不符：内容被改动，或由其他密钥签名。请重新签名；P-256 签名须取低 s 值。",
        ),
    ),
    "schema": (
        Words("Against the event type's schema", "不符合事件类型的模式"),
        Words(
            "A member of `data` is missing, unlisted, of another type or out of its range; "
            "`pointer` names it. `zelian event template TYPE` prints one to fill in.",
            "`data` 的某一成员缺失、多余、类型不符或越界，由 `pointer` 指明。"
            "`zelian event template TYPE` 可打印模板。",
        ),
    ),
    "forbidden_content": (
        Words("Content that must never be stored", "禁止写入的内容"),
        Words(
            "Something that looks like an identity, telephone or bank card number stands in a "
            "text. Nothing of it was kept. Leave it out and sign again.",
            "某段文字含有疑似身份证号、电话号码或银行卡号。系统未保留任何内容。请删除后重新签名。",
        ),
    ),
    "unknown_reference": (
        Words("Unknown reference", "引用的对象不存在"),
        Words(
            "A registry event names a department, official, appointment or key that the registry "
            "does not hold, or holds otherwise.",
            "登记事件所指的部门、公职人员、任职或密钥不存在，或与登记内容不符。",
        ),
    ),
    "bad_citation": (
        Words("A citation that does not hold", "援引不成立"),
        Words(
            "A statement of another ledger is cited with a receipt that is not of it, or that does "
            "not hold under the policy by which the registrar registered that ledger. Where "
            "witnesses are lacking, refresh the receipt once they have cosigned, and sign again.",
            "所援引的其他账本的陈述与回执不符，或回执按登记机关为该账本登记的策略验证不成立。"
            "如缺见证者联署，请待其联署后更新回执，再重新签名。",
        ),
    ),
    "out_of_role": (
        Words("Out of role", "超出职权"),
        Words(
            "The keys that signed may not say this: another department's or official's voice, a "
            "post or tier not held, an expired key, a signature too few or too many.",
            "签名密钥无权作此陈述：冒用其他部门或人员名义、无相应职务或层级、密钥过期、"
            "签名数量不足或过多。",
        ),
    ),
    "from_the_future": (
        Words("From the future", "时间在将来"),
        Words(
            "The event's `time` is more than 5 minutes ahead of the ledger's clock. "
            "Set the clock that wrote it.",
            "事件的 `time` 比账本时钟超前 5 分钟以上。请校准写入方的时钟。",
        ),
    ),
    "lapsed": (
        Words("Lapsed", "已逾有效期"),
        Words(
            "The event's `notafter` has passed. Sign a new statement if it still holds.",
            "事件的 `notafter` 已过。如仍需陈述，请重新签名。",
        ),
    ),
    "conflict": (
        Words("Conflict with what is logged", "与已有记录冲突"),
        Words(
            "Another statement stands under the same `source` and `id`, or the registry already "
            "holds what this would register. `index`, where given, is the entry in the way.",
            "相同 `source` 与 `id` 之下已有另一陈述，或登记内容已存在。"
            "如给出 `index`，即为冲突记录的序号。",
        ),
    ),
}

_REQUESTS: Mapping[str, Kind] = {
    "bad_request": Kind(
        400,
        Words("Bad request", "请求有误"),
        Words(
            "The request as a whole makes no sense, such as a body shorter than announced.",
            "请求本身不成立，例如请求体短于所陈述的长度。",
        ),
    ),
    "bad_parameter": Kind(
        400,
        Words("Bad query parameter", "查询参数有误"),
        Words(
            "A query parameter is missing, given twice, or not of the form that the API "
            "description says. Numbers are plain decimal digits without sign or leading zero.",
            "某一查询参数缺失、重复或不符合接口说明。数字须为十进制，不带符号与前导零。",
        ),
    ),
    "unknown_parameter": Kind(
        400,
        Words("Unknown query parameter", "未知的查询参数"),
        Words(
            "This address takes no query parameter of that name; it is refused rather than "
            "ignored, so that no answer is taken for another question's.",
            "该地址没有此查询参数。系统予以拒绝而非忽略，以免答非所问。",
        ),
    ),
    "reason_needed": Kind(
        400,
        Words("A reason is needed", "须说明理由"),
        Words(
            "Whoever inspects says why he reads, in the header `X-Zelian-Reason` or as "
            "`?reason=`; the reading is recorded with it.",
            "监督机关查阅须说明理由：使用标头 `X-Zelian-Reason` 或参数 `?reason=`；"
            "查阅将连同理由一并记录。",
        ),
    ),
    "not_signed_in": Kind(
        401,
        Words("Not signed in", "未登录"),
        Words(
            "Nobody is signed in, the session has ended, or the sign-in does not hold. A session "
            "ends at its time, and at once when the key is revoked or expires or its holder "
            "leaves his post. Sign in again.",
            "尚未登录、会话已结束或登录无效。会话到时即止；密钥被撤销、到期或持有人离任时立即结束。"
            "请重新登录。",
        ),
    ),
    "not_allowed": Kind(
        403,
        Words("Not allowed", "无权读取"),
        Words(
            "The role of this session does not read this; `zelian roles` prints who reads what. "
            "Headers, proofs and checkpoints are public.",
            "本会话的角色无权读取；`zelian roles` 可列出各角色的读取范围。"
            "记录头、证明与检查点是公开的。",
        ),
    ),
    "not_found": Kind(
        404,
        Words("Not found", "未找到"),
        Words(
            "There is no such address, entry, statement or tile in this ledger.",
            "本账本没有此地址、记录、陈述或瓦片。",
        ),
    ),
    "no_checkpoint": Kind(
        404,
        Words("No checkpoint of that size", "没有该大小的检查点"),
        Words(
            "A proof ends in a checkpoint that the ledger signed: ask for the size of one that "
            "exists and that exceeds the entry's index, or name no size.",
            "证明须止于账本签署过的检查点：请给出已存在且大于记录序号的大小，或不指定大小。",
        ),
    ),
    "method_not_allowed": Kind(
        405,
        Words("Method not allowed", "方法不允许"),
        Words(
            "This address does not take that method; `Allow` lists those that it takes. "
            "Entries are never changed or deleted.",
            "该地址不接受此方法；`Allow` 列出可用方法。记录不可更改或删除。",
        ),
    ),
    "unsupported_media_type": Kind(
        415,
        Words("Unsupported media type", "不支持的媒体类型"),
        Words(
            "Send a statement as application/json and a batch as application/x-ndjson, in UTF-8 "
            "and without Content-Encoding: the bytes that were signed, as they are.",
            "陈述以 application/json 提交，批量以 application/x-ndjson 提交，UTF-8 编码，"
            "不使用 Content-Encoding：原样发送所签名的字节。",
        ),
    ),
    "too_many": Kind(
        429,
        Words("Too many attempts", "尝试过多"),
        Words(
            "Sign-ins of one address, and of one key, and claim codes of one address are limited "
            "to so many a minute. Wait a minute.",
            "每个地址、每把密钥每分钟的登录次数，以及每个地址每分钟的查询码次数有限。请一分钟后再试。",
        ),
    ),
    "internal": Kind(
        500,
        Words("Internal error", "内部错误"),
        Words(
            "The service failed; nothing unacknowledged was logged by halves. Sending the same "
            "statement again is always safe.",
            "服务出错；未确认的内容不会只写入一半。重发同一陈述始终是安全的。",
        ),
    ),
    "read_only": Kind(
        503,
        Words("Read only for now", "暂时只读"),
        Words(
            "The ledger takes no entries now, or cannot be read while its database is away; what "
            "it has acknowledged is safe. `reason` says why. Ask again, or send the same bytes "
            "again, after `Retry-After` seconds.",
            "账本暂不接受新记录，或因数据库不可用而暂时无法读取；已确认的内容完好。"
            "`reason` 说明原因。请在 `Retry-After` 秒后重新查询，或重发相同字节。",
        ),
    ),
    "not_projected": Kind(
        503,
        Words("Not projected yet", "尚未可查"),
        Words(
            "Search and chains follow the log a moment behind, and have not come as far as was "
            "asked. Ask again after `Retry-After` seconds.",
            "查询与链略晚于日志，尚未处理到所要求的位置。请在 `Retry-After` 秒后重试。",
        ),
    ),
    "not_ready": Kind(
        503,
        Words("Not ready", "尚未就绪"),
        Words(
            "The service is not ready to be sent requests; `why` says what it waits for.",
            "服务尚不能接收请求；`why` 说明所等待的事项。",
        ),
    ),
}

KINDS: Mapping[str, Kind] = {
    code: Kind(status, *_REFUSALS[code]) for code, status in REFUSAL_STATUS.items()
} | dict(_REQUESTS)
