"""Turns of a chat, and who answers."""

from __future__ import annotations

from functools import cache

from cinedex.adapters.turn_bell import TurnBell
from cinedex.adapters.turn_threads import TurnThreads
from cinedex.adapters.videovector_turn_teller import VideoVectorTurnTeller
from cinedex.bootstrap import doors
from cinedex.bootstrap.library import look_at_frames
from cinedex.bootstrap.search import find_moments, pick_evidence
from cinedex.domain.budget import BudgetLimits
from cinedex.ports.agent import Agent
from cinedex.settings import AgentSettings, ChatSettings
from cinedex.usecases.agent.answer_with_model import AnswerWithModel
from cinedex.usecases.agent.answer_with_quotes import AnswerWithQuotes
from cinedex.usecases.agent.belt import tool_belt
from cinedex.usecases.agent.bounds import AgentBounds
from cinedex.usecases.agent.run_tools import RunTools
from cinedex.usecases.answer_question import AnswerQuestion
from cinedex.usecases.cancel_turn import CancelTurn
from cinedex.usecases.carry_out_turn import CarryOutTurn
from cinedex.usecases.follow_turn import FollowTurn
from cinedex.usecases.manage_chats import ManageChats
from cinedex.usecases.resolve_pool import ResolvePool
from cinedex.usecases.start_turn import StartTurn
from cinedex.usecases.take_over_turns import TakeOverTurns


@cache
def chat_settings() -> ChatSettings:
    return ChatSettings()


@cache
def turn_bell() -> TurnBell:
    return TurnBell()


@cache
def turn_threads() -> TurnThreads:
    return TurnThreads(carry_out_turn)


def start_turn() -> StartTurn:
    settings = chat_settings()
    return StartTurn(
        chats=doors.chats(),
        collections=doors.collections(),
        budget=doors.turn_budget(),
        teller=VideoVectorTurnTeller(),
        limits=BudgetLimits(
            turns_max=settings.turns_max, tokens_max=settings.tokens_max, tokens_reserved=settings.tokens_reserved
        ),
        clock=doors.clock,
        lease=settings.lease,
    )


def carry_out_turn() -> CarryOutTurn:
    return CarryOutTurn(
        chats=doors.chats(),
        log=doors.turn_log(),
        agent=agent,
        teller=VideoVectorTurnTeller(),
        budget=doors.turn_budget(),
        clock=doors.clock,
        ring=turn_bell().ring,
        lease=chat_settings().lease,
    )


def cancel_turn() -> CancelTurn:
    return CancelTurn(
        doors.chats(),
        doors.turn_log(),
        VideoVectorTurnTeller(),
        doors.turn_budget(),
        doors.clock,
        turn_bell().ring,
    )


def take_over_turns() -> TakeOverTurns:
    return TakeOverTurns(doors.chats(), doors.clock, chat_settings().lease)


def follow_turn() -> FollowTurn:
    return FollowTurn(doors.chats(), doors.turn_log(), take_over_turns())


def manage_chats() -> ManageChats:
    return ManageChats(doors.chats(), doors.turn_log(), cancel_turn(), doors.clock)


def agent() -> Agent:
    model, resolve_pool = doors.language_model(), ResolvePool(doors.videos())
    if model is None:
        return AnswerWithQuotes(pick_evidence(), resolve_pool, look_at_frames(), doors.clock)
    tools = RunTools(tool_belt(find_moments(), doors.timeline(), look_at_frames()), doors.clock)
    return AnswerWithModel(model, tools, resolve_pool, doors.clock, AgentBounds(**AgentSettings().model_dump()))


def answer_question() -> AnswerQuestion:
    return AnswerQuestion(doors.videos(), agent())
