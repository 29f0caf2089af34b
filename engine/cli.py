"""The `zhunyu` command. A wrong use or an outage is one line `code what next` and exit code 1, never a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from engine.commands.terminal import Terminal
from engine.errors import ZhunyuError
from engine.settings import ROOT

terminal = Terminal()


def home() -> Path:
    """The folder with `matters` and `rules`."""
    return Path(os.environ.get("ZHUNYU_HOME", "").strip() or ROOT).expanduser().absolute()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=None, version="0.1.0", prog_name="zhunyu")
def cli() -> None:
    """准予：以 YAML 声明政务服务事项，由引擎办理。"""


@cli.command()
def run() -> None:
    """启动全部服务，按 Ctrl-C 停止。"""
    from engine.commands.supervisor import supervise
    from engine.settings import load

    sys.exit(supervise(load(), terminal))


@cli.command()
@click.argument("matter", required=False)
def lint(matter: str | None) -> None:
    """检查事项文件，一次列出全部错误；有错误时退出码为 1。"""
    from engine.commands.authoring import lint as check

    sys.exit(check(home(), matter, terminal))


@cli.command()
@click.argument("matters", nargs=-1)
@click.option("-n", "--name", default="", help="只运行名称含有这段文字的测试。")
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), help="把结果写成 JUnit XML 文件。")
@click.option("--coverage", is_flag=True, help="报告测试覆盖了哪些裁决行、核对结果和条件。")
@click.option("--mutate", is_flag=True, help="逐处改动规则，报告测试没有发现的改动。")
@click.option("--threshold", type=click.FloatRange(0, 100), help="每个事项每项数字的最低百分比；不到时退出码为 1。")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="把报告写成网页。")
@click.option("--json", type=click.Path(dir_okay=False, path_type=Path), help="把报告写成 JSON。")
def test(matters: tuple[str, ...], name: str, junit: Path | None, **wanted: Any) -> None:
    """运行事项旁边的 YAML 测试；可报告覆盖与变异。"""
    from engine.commands.coverage import Wanted
    from engine.commands.testing import run_tests

    sys.exit(run_tests(home(), matters, name, junit, terminal, Wanted(**wanted)))


@cli.command()
@click.argument("matter")
@click.argument("answers", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def assess(matter: str, answers: Path, as_json: bool) -> None:
    """按一份申请（YAML）预审，说明结论和理由。"""
    from engine.commands.assessing import assess_file

    sys.exit(assess_file(home(), matter, answers, as_json, terminal))


@cli.command()
@click.argument("matter")
def show(matter: str) -> None:
    """显示展开全部片段之后的事项。"""
    from engine.matters.catalogue import effective

    terminal.say(effective(home(), matter).rstrip())


@cli.command()
@click.argument("matters", nargs=-1)
def publish(matters: tuple[str, ...]) -> None:
    """把事项文件发布到运行中的系统，不用重启。"""
    from engine.commands.installation import publish_files

    sys.exit(publish_files(matters, terminal))


@cli.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="受信公钥文件。")
@click.option("--second", is_flag=True, help="用第二套独立实现再验一遍。")
def verify(file: Path, key: Path | None, second: bool) -> None:
    """离线核验一份已签章的证照文件。"""
    from engine.commands.verifying import verify_file

    sys.exit(verify_file(file, key, second, terminal))


@cli.command()
def migrate() -> None:
    """把数据库升级到程序需要的结构。"""
    from engine.commands.installation import migrate_database

    migrate_database(terminal)


@cli.command()
def prepare() -> None:
    """升级数据库、发布事项、按设置装入演示数据（zhunyu run 会自动做）。"""
    from engine.commands.installation import prepare_installation

    prepare_installation(terminal)


@cli.command()
@click.argument("id")
@click.option("--title", required=True, help="事项名称。")
@click.option("--line", required=True, help="条线的英文目录名，如 public_place。")
def new(id: str, title: str, line: str) -> None:
    """新建一个事项和它的测试。"""
    from engine.commands.authoring import scaffold

    scaffold(home(), id, title, line, terminal)


@cli.command()
@click.option("--yes", is_flag=True, help="不再询问。")
def reset(yes: bool) -> None:
    """清空数据目录：办件、证照、账号、密钥都会删除。"""
    from engine.commands.installation import reset_data

    sys.exit(reset_data(yes, terminal))


@cli.command()
def demo() -> None:
    """装入演示账号和演示证照；重复运行没有影响。"""
    from engine.commands.installation import load_demo

    load_demo(terminal)


@cli.group()
def account() -> None:
    """建立、停用、恢复账号。"""


@account.command("add")
@click.argument("login")
@click.option("--name", required=True, help="姓名。")
@click.option("--district", required=True, help="所在区，如 黄浦区；管全市的写 市级。")
@click.option("--role", "roles", multiple=True, required=True, help="角色，可写几个：窗口 审查 核查 审批 …")
def account_add(login: str, name: str, district: str, roles: tuple[str, ...]) -> None:
    """建立工作人员账号；口令在终端输入两遍，或从标准输入读一行。"""
    from engine.commands.accounts import add_staff

    add_staff(login, name, district, roles, terminal)


@account.command("stop")
@click.argument("login")
def account_stop(login: str) -> None:
    """停用账号，现有登录全部失效。"""
    from engine.commands.accounts import set_active

    set_active(login, False, terminal)


@account.command("restore")
@click.argument("login")
def account_restore(login: str) -> None:
    """恢复停用的账号。"""
    from engine.commands.accounts import set_active

    set_active(login, True, terminal)


@cli.group()
def token() -> None:
    """为对接的系统签发、作废接口令牌。"""


@token.command("issue")
@click.argument("login")
@click.option("--name", required=True, help="令牌的名称，作废时用。")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(["read", "write"]), help="范围，可写两个。")
@click.option("--days", default=365, show_default=True, type=click.IntRange(1, 3650), help="有效天数。")
def token_issue(login: str, name: str, scopes: tuple[str, ...], days: int) -> None:
    """为申请人账号签发令牌，只显示一次。"""
    from engine.commands.accounts import issue_token

    issue_token(login, name, scopes, days, terminal)


@token.command("revoke")
@click.argument("login")
@click.option("--name", required=True, help="签发时的名称。")
def token_revoke(login: str, name: str) -> None:
    """作废令牌，立即生效。"""
    from engine.commands.accounts import revoke_token

    revoke_token(login, name, terminal)


def main(arguments: Sequence[str] | None = None) -> None:
    """The entry point; exits."""
    try:
        cli.main(args=arguments, prog_name="zhunyu", standalone_mode=False)
    except ZhunyuError as error:
        for problem in error.problems:
            terminal.error(str(problem))
        terminal.error(str(error))
        sys.exit(1)
    except click.exceptions.Exit as exit:
        sys.exit(exit.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except BrokenPipeError:  # the reader of our output has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except OSError as error:
        terminal.error(f"S006 操作系统报告：{error.strerror or error}（{error.filename or ''}）")
        sys.exit(1)


if __name__ == "__main__":
    main()
