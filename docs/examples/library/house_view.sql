-- The view that the library had before the console came: four codes in its own words.
CREATE VIEW v_controles AS
SELECT 'AMENDE_IMPAYEE'::text AS check_code, 'WARN'::text AS severity, 'AMENDE'::text AS entity_type,
       a.numero AS entity_id, 'Amende impayée de ' || l.nom AS message,
       jsonb_build_object('lecteur', l.nom, 'montant', a.montant) AS payload, a.posee_le AS detected_at
FROM amendes AS a JOIN lecteurs AS l ON l.carte = a.carte
WHERE a.payee_le IS NULL AND a.posee_le < now() - interval '30 days'
UNION ALL
SELECT 'LIVRE_PERDU', 'INFO', 'EXEMPLAIRE', e.cote, 'Livre perdu : ' || e.titre,
       jsonb_build_object('titre', e.titre), timestamptz '2026-01-01 00:00:00+00'
FROM exemplaires AS e WHERE e.etat = 'perdu'
UNION ALL
SELECT 'lecteur-sans-adresse', 'INFO', 'LECTEUR', l.carte, 'Lecteur sans adresse : ' || l.nom,
       jsonb_build_object('Nom', l.nom), timestamptz '2026-01-01 00:00:00+00'
FROM lecteurs AS l WHERE l.adresse IS NULL
UNION ALL
SELECT 'RESERVATION_OUBLIEE', 'WARN', 'RESERVATION', r.numero, 'Réservation non retirée',
       jsonb_build_object('cote', r.cote, 'disponible_le', r.disponible_le), r.disponible_le
FROM reservations AS r WHERE r.retiree_le IS NULL AND r.disponible_le < now() - interval '7 days';
