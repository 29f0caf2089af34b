"""`advance`: the only way a case changes. Pure: the shell loads, calls it once, and commits what it returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, get_args

from engine.errors import ZhunyuError
from engine.model import clock
from engine.model.case import Case
from engine.model.clock_commands import (
    AskHearing,
    CallHearing,
    EndHearing,
    Extend,
    ProposeExtension,
    RecordHearing,
    RefuseExtension,
    Resume,
    Suspend,
    TellHearing,
)
from engine.model.commands import (
    Accept,
    AnswerSupplement,
    AskSupplement,
    Command,
    Decline,
    DropRecall,
    EndRows,
    FileRows,
    FinishStep,
    Follow,
    Grant,
    Initiate,
    KeepRecord,
    Lapse,
    MakeAgain,
    Object,
    OpenBatch,
    OpenRecall,
    RecordCheck,
    RecordReport,
    RecordSealed,
    RecordSealFailed,
    RecordStatement,
    Refuse,
    SignFor,
    StartBatch,
    Submit,
    TakeOut,
    Withdraw,
)
from engine.model.disputes import (
    AnswerDispute,
    CloseDispute,
    DecideFalsehood,
    OpenDispute,
    Reopen,
    ReportFalsehood,
    StayDecision,
)
from engine.model.facts import Fact
from engine.model.field_commands import AddPhoto, AnswerInvitation, GiveOpinion, InviteExperts, PlanVisit, ReportVisit
from engine.model.matter import Matter
from engine.model.moves import (
    AskCosign,
    AskRecusal,
    CorrectCertificate,
    CorrectLetter,
    DecideRecusal,
    DropCosign,
    GiveBack,
    HandOver,
    RecordService,
    Remind,
    SendBack,
    SendCopy,
    StateCosign,
    TakeBack,
    Terminate,
)
from engine.model.papers import PaperCommand
from engine.model.passing import PassTask
from engine.pipeline.after_checks import drop_recall, open_recall, record_check
from engine.pipeline.after_command import require_free, settled
from engine.pipeline.batches import follow, open_batch, start_batch, take_out
from engine.pipeline.context import Context, Step
from engine.pipeline.correcting import correct_certificate, correct_letter
from engine.pipeline.cosigning import ask_cosign, drop_cosign, state_cosign
from engine.pipeline.deciding import decline, grant, refuse
from engine.pipeline.delivering import sign_for
from engine.pipeline.disputes import WAKE as DISPUTE
from engine.pipeline.disputes import (
    answer_dispute,
    close_dispute,
    dispute_overdue,
    open_dispute,
    reopen,
    stay_decision,
)
from engine.pipeline.ex_officio import initiate
from engine.pipeline.falsehood import decide_falsehood, report_falsehood
from engine.pipeline.filing import submit
from engine.pipeline.handing import give_back, hand_over, remind, send_back, send_copy
from engine.pipeline.handling import accept, finish_step, keep_record
from engine.pipeline.hearings import ask_hearing, call_hearing, end_hearing, record_hearing, tell_hearing
from engine.pipeline.panels import answer_invitation, give_opinion, invite_experts
from engine.pipeline.papers import move_paper
from engine.pipeline.passing import pass_task
from engine.pipeline.periods import object_to, record_statement
from engine.pipeline.recusing import ask_recusal, decide_recusal
from engine.pipeline.reports import WAKE, record_report, report_overdue
from engine.pipeline.rows import end_rows, file_rows
from engine.pipeline.sealing import make_again, record_seal_failed, record_sealed
from engine.pipeline.serving import record_service
from engine.pipeline.supplementing import answer_supplement, ask_supplement, lapse, withdraw
from engine.pipeline.suspending import extend, propose_extension, refuse_extension, resume, suspend
from engine.pipeline.taking_back import take_back
from engine.pipeline.terminating import terminate
from engine.pipeline.timing import reach, timed
from engine.pipeline.visits import add_photo, plan_visit, report_visit

Handler = Callable[[Matter, Case, Any, Mapping[str, Fact], Context], Step]

HANDLERS: dict[type, Handler] = {
    **dict.fromkeys(get_args(PaperCommand), move_paper),
    AnswerDispute: answer_dispute,
    CloseDispute: close_dispute,
    DecideFalsehood: decide_falsehood,
    OpenDispute: open_dispute,
    Reopen: reopen,
    ReportFalsehood: report_falsehood,
    StayDecision: stay_decision,
    Accept: accept,
    AddPhoto: add_photo,
    AnswerInvitation: answer_invitation,
    GiveOpinion: give_opinion,
    InviteExperts: invite_experts,
    PlanVisit: plan_visit,
    ReportVisit: report_visit,
    AnswerSupplement: answer_supplement,
    AskSupplement: ask_supplement,
    Decline: decline,
    DropRecall: drop_recall,
    EndRows: end_rows,
    FinishStep: finish_step,
    Follow: follow,
    Grant: grant,
    KeepRecord: keep_record,
    Lapse: lapse,
    MakeAgain: make_again,
    Object: object_to,
    OpenRecall: open_recall,
    PassTask: pass_task,
    RecordCheck: record_check,
    RecordReport: record_report,
    RecordSealed: record_sealed,
    RecordSealFailed: record_seal_failed,
    RecordStatement: record_statement,
    Refuse: refuse,
    SignFor: sign_for,
    StartBatch: start_batch,
    TakeOut: take_out,
    Withdraw: withdraw,
    Suspend: suspend,
    Resume: resume,
    ProposeExtension: propose_extension,
    Extend: extend,
    RefuseExtension: refuse_extension,
    TellHearing: tell_hearing,
    AskHearing: ask_hearing,
    CallHearing: call_hearing,
    RecordHearing: record_hearing,
    EndHearing: end_hearing,
    AskCosign: ask_cosign,
    AskRecusal: ask_recusal,
    CorrectCertificate: correct_certificate,
    CorrectLetter: correct_letter,
    DecideRecusal: decide_recusal,
    DropCosign: drop_cosign,
    GiveBack: give_back,
    HandOver: hand_over,
    RecordService: record_service,
    Remind: remind,
    SendBack: send_back,
    SendCopy: send_copy,
    StateCosign: state_cosign,
    TakeBack: take_back,
    Terminate: terminate,
}


def advance(matter: Matter, case: Case | None, command: Command, facts: Mapping[str, Fact], context: Context) -> Step:
    """As `_advance`, with what the command means for the clocks."""
    return timed(matter, case, _advance(matter, case, command, facts, context), context)


def _advance(matter: Matter, case: Case | None, command: Command, facts: Mapping[str, Fact], context: Context) -> Step:
    """Carry a command out on a case (None for Submit, FileRows, Initiate and OpenBatch).

    `facts` are those gathered for this command; a command that judges again merges them over the case's own.
    The returned case has the same `version`; the commit compares and sets it. Raises ZhunyuError C001 when the
    case is not in a state for the command, C004 when something the law demands is missing, A00x for a bad filing.
    """
    if isinstance(command, Submit | FileRows | Initiate | OpenBatch):
        if case is not None:
            raise ZhunyuError("C001", "这一办件已经提交。", status=409)
        if isinstance(command, Initiate):
            return initiate(matter, command, facts, context)
        if isinstance(command, OpenBatch):
            return open_batch(matter, command, facts, context)
        if isinstance(command, FileRows):
            return file_rows(matter, command, facts, context)
        return submit(matter, command, facts, context)
    if case is None:
        raise ZhunyuError("A003", "找不到这一办件。", status=404)
    if isinstance(command, Lapse) and command.what == clock.WAKE:
        return reach(matter, case, facts, context)
    if isinstance(command, Lapse) and command.what.startswith(WAKE):
        return report_overdue(matter, case, command, facts, context)
    if isinstance(command, Lapse) and command.what.startswith(DISPUTE):
        return dispute_overdue(matter, case, command, facts, context)
    require_free(case, command, context)
    step = HANDLERS[type(command)](matter, case, command, facts, context)
    return settled(matter, case, command, step, context)
