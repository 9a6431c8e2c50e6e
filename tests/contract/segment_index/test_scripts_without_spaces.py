"""A word of Japanese, Chinese, Thai or Korean is found as a word, not by one pair of its characters, in every store."""

from __future__ import annotations

import pytest
from cinedex.search.domain.query.query import Query
from cinedex.search.domain.ranking.fusion import fuse
from cinedex.search.ports.segment_index import SegmentIndex
from cinedex.timeline.modality import Modality

from tests.support.segments import segment, segment_filter

LABELLED: list[tuple[str, list[str], list[str]]] = [
    (
        "ソース",
        ["トマトソースを作ります", "ソースコードを読む"],
        ["今日のニュースです", "コースを走る", "ニュースとケース"],
    ),
    (
        "ニュース",
        ["今夜のニュースです", "ニュース番組"],
        ["トマトソース", "レースの結果"],
    ),
    (
        "カメラ",
        ["カメラで撮影する", "新しいカメラ"],
        ["カメの散歩", "メラニンの話"],
    ),
    (
        "コンピューター",
        ["コンピュータを使う", "古いコンピューター"],
        ["モニターを見る", "ポスター"],
    ),
    (
        "スペースシャトル",
        ["スペースシャトルが飛ぶ", "シャトルとスペースシャトル"],
        ["ニュースの時間", "ペースを上げる"],
    ),
    (
        "ロケットの打ち上げ",
        ["ロケットの打ち上げに成功しました", "打ち上げられたロケット"],
        ["ポケットの中", "ケットルの音"],
    ),
    (
        "東京タワーの夜景",
        ["東京タワーから見る夜景", "夜景がきれいな東京タワー"],
        ["京都の朝", "パワーの源"],
    ),
    (
        "京都の寺",
        ["京都のお寺を訪ねる", "古い京都の寺"],
        ["東京都の人口", "都の北"],
    ),
    (
        "東京都庁",
        ["東京都庁の展望台", "都庁は東京にある東京都庁"],
        ["京都の町", "官庁の発表"],
    ),
    (
        "猫がミルクを飲む",
        ["猫はミルクを飲みます", "ミルクを飲んだ猫"],
        ["シルクの布", "犬が水を見る"],
    ),
    (
        "宇宙飛行士",
        ["女性の宇宙飛行士", "宇宙へ飛んだ飛行士"],
        ["飛行機の写真", "小宇宙の話"],
    ),
    (
        "パスタの作り方",
        ["パスタを作る方法、作り方", "おいしいパスタの作り方"],
        ["スタジオの様子", "タの字"],
    ),
    (
        "北京天气预报",
        ["北京今天的天气预报", "今天北京天气很好"],
        ["北方的气候", "预防感冒"],
    ),
    (
        "航天飞机",
        ["航天飞机发射成功", "她驾驶航天飞机"],
        ["天飞的鸟", "航空公司", "飞机起飞"],
    ),
    (
        "谁驾驶航天飞机",
        ["柯林斯驾驶了航天飞机", "航天飞机由她驾驶"],
        ["谁在唱歌", "汽车驾驶课"],
    ),
    (
        "我想看北京的天气",
        ["北京今天的天气很好", "北京的天气"],
        ["我想吃饭", "看电影的人"],
    ),
    (
        "怎么做西红柿炒鸡蛋",
        ["今天做西红柿炒鸡蛋", "西红柿和鸡蛋一起炒"],
        ["怎么去车站", "做作业"],
    ),
    (
        "猫喝牛奶",
        ["小猫在喝牛奶", "猫喜欢喝牛奶"],
        ["牛在吃草", "奶奶的房子"],
    ),
    (
        "东方红",
        ["东方红一号卫星", "唱东方红"],
        ["东方的早晨", "方红的书"],
    ),
    (
        "上海",
        ["上海的夜晚"],
        ["海上的船", "下海"],
    ),
    (
        "中国科学院大学",
        ["她在中国科学院大学学习", "中国的科学院"],
        ["中国的茶", "大学城"],
    ),
    (
        "แมวดื่มนม",
        ["แมวกำลังดื่มนม", "แมวของฉันดื่มนมทุกวัน"],
        ["สุนัขวิ่งเล่น", "ฝนตกหนัก"],
    ),
    (
        "สวัสดี",
        ["สวัสดีชาวโลก", "กล่าวสวัสดีตอนเช้า"],
        ["วันเสาร์ที่ดี", "สวนสาธารณะ"],
    ),
    (
        "แมวอยู่ที่ไหน",
        ["แมวของฉันอยู่บนโต๊ะ", "แมวอยู่ที่บ้าน"],
        ["รถไฟมาถึง", "ดอกไม้สวย"],
    ),
    (
        "ท่าอวกาศยาน",
        ["ปล่อยจรวดจากท่าอวกาศยาน", "ท่าอวกาศยานขนาดใหญ่"],
        ["รถยานยนต์", "การเดินทาง"],
    ),
    (
        "กรุงเทพมหานคร",
        ["ถนนในกรุงเทพมหานคร", "กรุงเทพเมื่อวาน"],
        ["นครสวรรค์", "เทพนิยาย"],
    ),
    (
        "อาหารไทย",
        ["วิธีทำอาหารไทย", "อาหารของคนไทย"],
        ["ทหารเดินแถว", "ไทยรัฐ"],
    ),
    (
        "서울에서",
        ["서울에 살아요", "서울에서 만나요"],
        ["부산에서 왔어요", "집에서"],
    ),
    (
        "우주왕복선",
        ["우주왕복선 발사", "우주 왕복선이 날아요"],
        ["왕복 버스", "선을 그리다"],
    ),
    (
        "고양이",
        ["고양이가 우유를 마셔요", "작은 고양이"],
        ["종이를 접다", "고향 이야기"],
    ),
]
"""A query, the texts that contain what it asks for, and texts that share a pair of characters with it by chance."""
ALSO_FOUND = {("京都の寺", "東京都の人口")}
"""The Han characters of "Tokyo" contain those of "Kyoto"; only a dictionary tells them apart."""


@pytest.fixture
def library(index: SegmentIndex) -> SegmentIndex:
    texts = dict.fromkeys(text for _, answers, others in LABELLED for text in (*answers, *others))
    index.replace_video("mine", "a", [segment("a", number, text) for number, text in enumerate(texts)])
    return index


def found(index: SegmentIndex, typed: str) -> set[str]:
    query = Query(text=typed)
    hits = index.search(query.index_words, None, segment_filter("a"), 200)
    return {s.document.texts[Modality.SPEECH] for s in fuse(query, hits, tuple(Modality)) if s.coverage > 0}


def test_a_word_is_found_and_a_text_with_one_pair_of_it_is_not(library: SegmentIndex) -> None:
    results = {query: found(library, query) for query, _, _ in LABELLED}
    missed = [(query, text) for query, texts, _ in LABELLED for text in texts if text not in results[query]]
    by_chance = {(query, text) for query, _, texts in LABELLED for text in texts if text in results[query]}
    assert missed == []
    assert by_chance == ALSO_FOUND
