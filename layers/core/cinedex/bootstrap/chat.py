"""The use cases of chat, and the agent that answers."""

from __future__ import annotations

from cinedex.adapters.threads.heartbeat import thread_heartbeat
from cinedex.adapters.threads.turn_executor import ThreadTurnExecutor
from cinedex.adapters.threads.turn_notifier import TurnNotifier
from cinedex.answers.ports.agent import Agent
from cinedex.answers.usecases.agent.check_sentence import CheckSentence
from cinedex.answers.usecases.agent.limits import AgentLimits
from cinedex.answers.usecases.agent.llm_agent import LlmAgent
from cinedex.answers.usecases.agent.run_tools import RunTools
from cinedex.answers.usecases.agent.toolset import toolset
from cinedex.answers.usecases.answer_question import AnswerQuestion
from cinedex.answers.usecases.extractive.extractive_agent import ExtractiveAgent
from cinedex.answers.usecases.extractive.quote_search import QuoteSearch
from cinedex.bootstrap import providers
from cinedex.bootstrap.access import record_usage, run_idempotent
from cinedex.bootstrap.library import analyze_frames
from cinedex.bootstrap.once import once
from cinedex.bootstrap.search import library_reader, retrieve_segments, select_evidence
from cinedex.chat.usecases.await_turn import AwaitTurn
from cinedex.chat.usecases.cancel_turn import CancelTurn
from cinedex.chat.usecases.manage_sessions import ManageSessions
from cinedex.chat.usecases.read_turn_events import ReadTurnEvents
from cinedex.chat.usecases.reclaim_turns import ReclaimTurns
from cinedex.chat.usecases.run_turn import RunTurn
from cinedex.chat.usecases.start_standalone_turn import StartStandaloneTurn
from cinedex.chat.usecases.start_turn import StartTurn
from cinedex.settings import AgentSettings, ChatSettings
from cinedex.usage.budget import BudgetLimits


@once
def chat_settings() -> ChatSettings:
    return ChatSettings()


@once
def turn_notifier() -> TurnNotifier:
    return TurnNotifier()


@once
def turn_executor() -> ThreadTurnExecutor:
    return ThreadTurnExecutor(run_turn)


def start_turn() -> StartTurn:
    settings = chat_settings()
    return StartTurn(
        chats=providers.chats(),
        collections=providers.collections(),
        idempotency=run_idempotent(),
        budget=providers.turn_budget(),
        executor=turn_executor(),
        limits=BudgetLimits(
            turns_max=settings.turns_max, tokens_max=settings.tokens_max, tokens_reserved=settings.tokens_reserved
        ),
        clock=providers.clock,
        lease=settings.lease,
    )


def start_standalone_turn() -> StartStandaloneTurn:
    return StartStandaloneTurn(
        chats=providers.chats(),
        answer=answer_question(),
        idempotency=run_idempotent(),
        executor=turn_executor(),
        clock=providers.clock,
        lease=chat_settings().lease,
    )


def run_turn() -> RunTurn:
    return RunTurn(
        chats=providers.chats(),
        log=providers.turn_log(),
        agent=agent,
        budget=providers.turn_budget(),
        usage=record_usage(),
        clock=providers.clock,
        heartbeat=thread_heartbeat,
        notify=turn_notifier().notify,
        lease=chat_settings().lease,
    )


def cancel_turn() -> CancelTurn:
    return CancelTurn(
        providers.chats(),
        providers.turn_log(),
        providers.turn_budget(),
        providers.clock,
        turn_notifier().notify,
    )


def reclaim_turns() -> ReclaimTurns:
    return ReclaimTurns(providers.chats(), turn_executor(), providers.clock, chat_settings().lease)


def await_turn() -> AwaitTurn:
    return AwaitTurn(providers.chats(), turn_executor(), reclaim_turns(), providers.clock)


def read_turn_events() -> ReadTurnEvents:
    return ReadTurnEvents(providers.chats(), providers.turn_log(), reclaim_turns())


def manage_sessions() -> ManageSessions:
    return ManageSessions(providers.chats(), providers.turn_log(), cancel_turn(), run_idempotent(), providers.clock)


def agent() -> Agent:
    model, library = providers.language_model(), library_reader()
    search_quotes = QuoteSearch(select_evidence(), analyze_frames(), providers.clock)
    if model is None:
        return ExtractiveAgent(search_quotes, library)
    tools = RunTools(
        toolset(retrieve_segments(), providers.timeline(), providers.result_store(), analyze_frames()), providers.clock
    )
    return LlmAgent(
        model=model,
        run_tools=tools,
        check_sentence=lambda: CheckSentence(providers.text_embedder()),
        search_quotes=search_quotes,
        library=library,
        clock=providers.clock,
        limits=AgentLimits(**AgentSettings().model_dump()),
    )


def answer_question() -> AnswerQuestion:
    return AnswerQuestion(providers.videos(), agent())
