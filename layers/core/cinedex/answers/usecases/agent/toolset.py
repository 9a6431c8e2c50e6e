"""The tools of the agent."""

from __future__ import annotations

from cinedex.answers.usecases.agent.frames_tool import FramesTool
from cinedex.answers.usecases.agent.library_tools import ListVideosTool, OverviewTool
from cinedex.answers.usecases.agent.search_tool import SearchTool
from cinedex.answers.usecases.agent.subtitles_tool import SubtitlesTool
from cinedex.answers.usecases.agent.timeline_tools import TrackReader, timeline_tools
from cinedex.answers.usecases.agent.tool import Tool
from cinedex.answers.usecases.analyze_frames import AnalyzeFrames
from cinedex.answers.usecases.extract_quotes import ExtractQuotes
from cinedex.search.usecases.retrieval.retrieve_segments import RetrieveSegments
from cinedex.subtitles.subtitle_store import SubtitleStore
from cinedex.timeline.timeline_store import Timeline


def toolset(
    retrieve_segments: RetrieveSegments, timeline: Timeline, subtitles: SubtitleStore, analyze_frames: AnalyzeFrames
) -> dict[str, Tool]:
    """By name. All tools are read-only."""
    tools: list[Tool] = [
        SearchTool(retrieve_segments, ExtractQuotes(timeline, subtitles)),
        *timeline_tools(timeline),
        SubtitlesTool(subtitles),
        ListVideosTool(),
        OverviewTool(TrackReader(timeline), SubtitlesTool(subtitles)),
        FramesTool(analyze_frames),
    ]
    return {tool.name: tool for tool in tools}
