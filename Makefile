# 准予：一条命令即可运行。make run 首次运行时自动准备环境，之后几秒内启动。
SHELL := /bin/bash
PYTHON := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help run test matters lint bench reset setup setup-develop

help: ## 显示本说明
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:
	@scripts/bootstrap.sh runtime

setup-develop:
	@scripts/bootstrap.sh develop

run: setup ## 启动全部服务（门户、工作台、后台任务、演示对端）
	@exec $(PYTHON) -m engine.cli run

test: setup-develop ## 运行全部检查与测试：事项、程序、两种数据库、浏览器
	@$(MAKE) --no-print-directory --output-sync=target -j 2 lint matters
	@$(PYTHON) -m pytest -q -n 2 --dist loadfile

matters: setup-develop
	@$(PYTHON) -m engine.cli test

lint: setup-develop ## 检查事项文件、代码风格、类型与分层
	@$(PYTHON) -m engine.cli lint
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

bench: setup-develop ## 测量性能
	@$(PYTHON) -m tests.bench

reset: setup ## 清空本机数据（数据目录），重新开始；先询问
	@$(PYTHON) -m engine.cli reset
