"""Every tool that a language model may use."""

from __future__ import annotations

from cinedex.ports.timeline import Timeline
from cinedex.usecases.agent.library_tools import ListVideosTool, OverviewTool
from cinedex.usecases.agent.look_tool import LookTool
from cinedex.usecases.agent.search_tool import SearchTool
from cinedex.usecases.agent.timeline_tools import TrackReader, timeline_tools
from cinedex.usecases.agent.tool import Tool
from cinedex.usecases.find_moments import FindMoments
from cinedex.usecases.gather_quotes import GatherQuotes
from cinedex.usecases.look_at_frames import LookAtFrames


def tool_belt(find_moments: FindMoments, timeline: Timeline, look_at_frames: LookAtFrames) -> dict[str, Tool]:
    """By name. None of them writes."""
    tools: list[Tool] = [
        SearchTool(find_moments, GatherQuotes(timeline)),
        *timeline_tools(timeline),
        ListVideosTool(),
        OverviewTool(TrackReader(timeline)),
        LookTool(look_at_frames),
    ]
    return {tool.name: tool for tool in tools}
