"""The agent gets the question, what was said before it, and the scope of its turn."""

from __future__ import annotations

from cinedex.answers.domain.answer import MessageRole
from cinedex.chat.domain.session import ChatSession, Turn
from cinedex.chat.usecases.agent_task import BuildAgentTask
from cinedex.kernel.errors import Unavailable

from tests.support.chat_fixture import ChatFixture
from tests.support.turns import ANSWER, ScriptedAgent


def answered(chat: ChatFixture, session: ChatSession, message: str) -> Turn:
    turn = chat.start_turn(session, message)
    chat.run_turn()(turn)
    return turn


def conversation(chat: ChatFixture, turn: Turn) -> list[tuple[MessageRole, str]]:
    task = BuildAgentTask(chat.chats, chat.chats)(turn)
    return [(message.role, message.content) for message in task.conversation]


def test_a_task_has_the_questions_and_answers_of_the_latest_twenty_turns(chat: ChatFixture) -> None:
    session = chat.session()
    for number in range(22):
        answered(chat, session, f"Question {number}?")
    said = conversation(chat, chat.start_turn(session, "The last?"))
    questions = [text for role, text in said if role is MessageRole.USER]
    assert questions == [*(f"Question {number}?" for number in range(2, 22)), "The last?"]
    assert [text for role, text in said if role is MessageRole.ASSISTANT] == [ANSWER] * 20
    assert said[:2] == [(MessageRole.USER, "Question 2?"), (MessageRole.ASSISTANT, ANSWER)]


def test_turns_that_failed_or_came_later_are_left_out(chat: ChatFixture) -> None:
    def fail(_event: object) -> None:
        raise Unavailable("down")

    session = chat.session()
    chat.run_turn(ScriptedAgent(pause=fail))(chat.start_turn(session, "Failed?"))
    answered(chat, session, "First?")
    turn = chat.start_turn(session, "Second?")
    answered(chat, session, "Later?")
    assert [text for _, text in conversation(chat, turn)] == ["First?", ANSWER, "Second?"]


def test_a_task_belongs_to_the_account_and_has_the_scope_of_its_turn(chat: ChatFixture) -> None:
    turn = chat.start_turn()
    task = BuildAgentTask(chat.chats, chat.chats)(turn)
    assert (task.account_id, task.scope) == ("mine", turn.effective_scope.for_agent)
