"""`python -m web.access`: add, remove and list those who may log in, and the keys of the API."""

from __future__ import annotations

import getpass
import io
import sys
from collections.abc import Sequence

from errors import AccessError, AssistantError
from settings import load_settings
from terminal import EXIT_BAD_INPUT, ChineseParser, reader_may_leave
from web.access.keys import Keys
from web.access.named_hashes import check_name
from web.access.users import Users

_COMMANDS = {
    "add-user": "添加用户，或给用户换密码",
    "remove-user": "删除用户，他的登录随即失效",
    "users": "列出用户",
    "add-key": "新建接口密钥，只显示这一次",
    "remove-key": "作废接口密钥",
    "keys": "列出接口密钥的名称",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = ChineseParser(prog="python -m web.access", description="管理登录用户和接口密钥")
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="命令", parser_class=ChineseParser
    )
    for name, said in _COMMANDS.items():
        command = commands.add_parser(name, help=said)
        if name not in ("users", "keys"):
            command.add_argument("name", metavar="名称")
    args = parser.parse_args(argv)
    try:
        settings = load_settings()
        users, keys = Users(settings.users_file), Keys(settings.api_keys_file)
        with reader_may_leave():
            print(_run(args.command, getattr(args, "name", ""), users, keys))
    except AssistantError as error:
        print(error.user_message, file=sys.stderr)
        return EXIT_BAD_INPUT
    return 0


def _run(command: str, name: str, users: Users, keys: Keys) -> str:
    """Do what was asked; return what to print."""
    match command:
        case "add-user":
            check_name(name)
            had = bool(users.names())  # a damaged file is an error before a password is typed
            was_there = users.add(name, _read_password())
            hint = "" if had else "现在查条款要登录了；正在运行的服务请重启。"
            return f"{'已换密码' if was_there else '已添加用户'}：{name}。{hint}"
        case "remove-user":
            return _removed(name, "用户", was_there=users.remove(name))
        case "users":
            return "\n".join(users.names()) or "还没有用户。"
        case "add-key":
            return f"{keys.add(name)}\n这是“{name}”的接口密钥，只显示这一次，请保存好。"
        case "remove-key":
            return _removed(name, "接口密钥", was_there=keys.remove(name))
    return "\n".join(keys.names()) or "还没有接口密钥。"


def _removed(name: str, kind: str, *, was_there: bool) -> str:
    if not was_there:
        raise AccessError(f"no {name!r}", user_message=f"没有名为“{name}”的{kind}，请检查名称。")
    return f"已删除{kind}：{name}。"


def _read_password() -> str:
    """Ask twice on a terminal; elsewhere read one line of standard input."""
    try:
        typed = sys.stdin or io.StringIO()  # none where standard input is closed
        if not typed.isatty():
            return typed.readline().rstrip("\r\n")
        password = getpass.getpass("密码：")
        if getpass.getpass("再输一次：") != password:
            raise AccessError("the passwords differ", user_message="两次输入的密码不一样，请重新运行命令。")
    except (EOFError, KeyboardInterrupt, UnicodeDecodeError) as exc:
        raise AccessError(
            f"no password could be read: {exc!r}", user_message="没有读到密码，请用 UTF-8 输入，再运行一次。"
        ) from exc
    return password


if __name__ == "__main__":
    sys.exit(main())
