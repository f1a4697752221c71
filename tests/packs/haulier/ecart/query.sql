SELECT v.feuille AS entity_id, v.litres - a.litres AS manque, a.saisi_le AS detected_at
FROM transit.arrivages AS a
JOIN transit.voyages AS v ON v.feuille = a.feuille -- Unprovable: nothing compares without
JOIN transit.exploitants AS e ON e.sigle = v.exploitant
WHERE v.litres > a.litres AND e.agree
