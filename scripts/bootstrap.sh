#!/usr/bin/env bash
# Prepare .venv from a hash-locked list. Usage: bootstrap.sh runtime|develop
# Nothing is done when the stamp already names this lock (or the larger develop lock) and this Python.
set -euo pipefail
cd "$(dirname "$0")/.."

set_name=${1:-runtime}
lock=requirements/$set_name.lock
stamps=.venv/.zhunyu

fail() { printf '%s %s %s\n' "$1" "$2" "$3" >&2; exit 1; }
digest() { cksum "requirements/$1.lock" | awk '{print $1 "-" $2}'; }

supported() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2>/dev/null; }

find_python() {
  local name
  for name in ${ZHUNYU_PYTHON:-} python3.12 python3.11 python3 python; do
    if command -v "$name" >/dev/null 2>&1 && supported "$name"; then command -v "$name"; return; fi
  done
  return 1
}

# The browser tests drive Debian's Chromium and look at Chinese text: both come as system packages.
browser() {
  [ "$set_name" = develop ] || return 0
  local missing=()
  command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || missing+=(chromium)
  fc-list :lang=zh 2>/dev/null | grep -q . || missing+=(fonts-noto-cjk)
  command -v node >/dev/null 2>&1 || missing+=(nodejs)
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "安装浏览器测试所需的系统软件包：${missing[*]}……"
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${missing[@]}"; } \
      >.venv/packages.log 2>&1 && return 0
  fi
  fail S006 "浏览器测试缺少：${missing[*]}。" "请先安装（如 sudo apt-get install ${missing[*]}）后重试。"
}

stamp() { [ -f "$stamps-$1" ] && [ "$(cat "$stamps-$1")" = "$(digest "$1")" ]; }

if [ -x .venv/bin/python ] && supported .venv/bin/python; then
  if stamp develop || { [ "$set_name" = runtime ] && stamp runtime; }; then browser; exit 0; fi
else
  [ ! -e .venv ] || rm -rf .venv
  python=$(find_python) || fail S005 "没有找到 Python 3.11 或 3.12（现有：$(python3 --version 2>/dev/null || echo 无)）。" \
    "请安装后重试，或用 ZHUNYU_PYTHON 指明路径。"
  echo "准备运行环境（$("$python" --version)），首次约需一两分钟……"
  "$python" -m venv .venv 2>/dev/null || fail S005 "无法创建虚拟环境。" "请安装 python3-venv（如 apt-get install python3-venv）。"
fi

if ! command -v cc >/dev/null 2>&1 && ! command -v gcc >/dev/null 2>&1 && ! command -v clang >/dev/null 2>&1; then
  .venv/bin/python -c 'import durable' 2>/dev/null ||
    fail S006 "没有找到 C 编译器（durable-rules 须从源码编译）。" "请安装 gcc（如 apt-get install build-essential）。"
fi
include=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("include"))')
if [ ! -f "$include/Python.h" ] && ! .venv/bin/python -c 'import durable' 2>/dev/null; then
  fail S006 "缺少 Python 头文件 Python.h。" "请安装 python3-dev（如 apt-get install python3-dev）后重试。"
fi

[ -w .venv ] || fail S004 "目录 .venv 不可写。" "请检查目录权限。"
echo "安装依赖（$lock）……"
log=.venv/install.log
uv=$(command -v uv || true)
[ -n "$uv" ] || { [ -x .venv/bin/uv ] && uv=.venv/bin/uv; } || true
if [ -z "$uv" ] && [ -x .venv/bin/pip ]; then
  pin=$(awk '/^uv==/,!/\\$/' requirements/develop.lock)
  printf '%s\n' "$pin" > .venv/uv.lock
  .venv/bin/pip install -q --disable-pip-version-check --require-hashes -r .venv/uv.lock >"$log" 2>&1 && uv=.venv/bin/uv || true
fi
installed=no
if [ -n "$uv" ]; then
  "$uv" pip install -q --python .venv/bin/python --require-hashes -r "$lock" >"$log" 2>&1 && installed=yes
fi
if [ "$installed" = no ]; then
  [ -x .venv/bin/pip ] || .venv/bin/python -m ensurepip -q >/dev/null 2>&1 || true
  .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r "$lock" >"$log" 2>&1 ||
    { tail -5 "$log" >&2; fail S006 "依赖安装失败。" "请检查网络与软件源设置；详情见 $log。"; }
fi

# The command `zhunyu`, and the project on the path of every Python of this environment; no build, no network.
site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
pwd > "$site/zhunyu.pth"
printf '#!%s/.venv/bin/python\nfrom engine.cli import main\n\nmain()\n' "$PWD" > .venv/bin/zhunyu
chmod +x .venv/bin/zhunyu
browser
digest "$set_name" > "$stamps-$set_name"
echo "环境已就绪。"
