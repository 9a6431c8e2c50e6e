"""Labelled queries in German, French and Spanish: each finds one sentence, with words in another inflection."""

from __future__ import annotations

SENTENCES: dict[str, dict[str, tuple[str, ...]]] = {
    "de": {
        "Die Kinder spielen im Garten hinter dem Haus": ("Kind Gärten", "Häuser mit Garten"),
        "Ein alter Fischer repariert seine Netze am Hafen": ("Häfen", "die alten Fischer reparieren das Netz"),
        "Wir besuchten gestern die Museen der Stadt": ("Besuche in Städten", "wo besuchen wir Museen"),
        "Der Zug nach Hamburg fährt um neun Uhr ab": ("Züge nach Hamburg", "zuge"),
        "Die Ärztin untersucht den verletzten Hund": ("untersuchte Hunde", "arztin mit Hunden"),
        "Auf dem Markt werden frische Äpfel verkauft": ("Märkte", "verkaufte Äpfel", "apfel vom markt"),
    },
    "fr": {
        "Les enfants mangent des pommes dans la cuisine": ("enfant pomme", "manger dans les cuisines"),
        "Le vieux pêcheur répare ses filets au port": ("pêcheurs réparant des filets", "pecheur reparer"),
        "Nous avons visité les musées de la ville": ("visiter un musée", "visites des villes"),
        "Le train pour Lyon part à neuf heures": ("trains partant pour Lyon", "heure du train"),
        "La boulangerie vend du pain chaque matin": ("les boulangeries vendent des pains", "matins"),
        "Elle a chanté une chanson ancienne": ("chansons anciennes", "chanter", "elles chantaient"),
    },
    "es": {
        "Los niños juegan en el jardín de la casa": ("niño jardines", "jugando en las casas"),
        "El viejo pescador repara sus redes en el puerto": ("pescadores reparando redes", "puertos viejos"),
        "Visitamos los museos de la ciudad": ("museo de ciudades", "visitar"),
        "El tren a Madrid sale a las nueve": ("trenes", "los trenes salen a Madrid"),
        "La panadería vende panes cada mañana": ("panaderías", "vender pan"),
        "Ella cantó una canción antigua": ("canciones antiguas", "cantaron", "cancion antigua"),
    },
}
"""The language of the sentence, the sentence, and the queries that find it first."""
CASES = [
    (language, text, typed)
    for language, sentences in SENTENCES.items()
    for text, queries in sentences.items()
    for typed in queries
]
