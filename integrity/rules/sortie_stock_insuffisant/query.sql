-- Validated withdrawals that took more than their owner had in the tank at that moment, by the
-- movements themselves (a snapshot cannot tell, it stops at zero; an adjustment corrects the
-- snapshot and is no movement). At one instant, receptions come before withdrawals.
--
-- In two steps, for the sake of millions of movements: sums a day, which need no sort of single
-- movements; then, only for the days on which the withdrawals could exceed what was there in the
-- morning, the movements one by one. Days are those of UTC; where they begin does not matter.
SELECT
    d.id AS entity_id,
    c.nom AS citerne,
    p.nom AS produit,
    q.proprietaire_type AS proprietaire,
    coalesce(k.nom, a.nom) AS destinataire,
    s.plaque_camion,
    s.date_sortie,
    s.volume_ambiant AS volume,
    d.apres + s.volume_ambiant AS stock_avant,
    -d.apres AS manque,
    s.created_at AS detected_at
FROM (
    SELECT
        j.*,
        sum(j.entrees - j.sorties) OVER (
            PARTITION BY j.citerne_id, j.produit_id, j.proprietaire_type
            ORDER BY j.jour
        ) - (j.entrees - j.sorties) AS avant
    FROM (
        SELECT
            m.citerne_id,
            m.produit_id,
            m.proprietaire_type,
            m.jour,
            sum(m.entree) AS entrees,
            sum(m.sortie) AS sorties
        FROM (
            SELECT
                r.citerne_id,
                r.produit_id,
                r.proprietaire_type,
                date_bin('1 day', r.date_reception, '2000-01-01 00:00:00+00') AS jour,
                r.volume_ambiant AS entree,
                0::double precision AS sortie
            FROM receptions AS r
            WHERE r.statut = 'validee'
            UNION ALL
            SELECT
                s.citerne_id,
                s.produit_id,
                s.proprietaire_type,
                date_bin('1 day', s.date_sortie, '2000-01-01 00:00:00+00'),
                0,
                s.volume_ambiant
            FROM sorties_produit AS s
            WHERE s.statut = 'validee'
        ) AS m
        GROUP BY m.citerne_id, m.produit_id, m.proprietaire_type, m.jour
    ) AS j
) AS q
CROSS JOIN LATERAL (
    SELECT
        m.id,
        q.avant + sum(m.delta) OVER (ORDER BY m.at, m.delta DESC, m.id) AS apres
    FROM (
        SELECT r.id, r.date_reception AS at, r.volume_ambiant AS delta
        FROM receptions AS r
        WHERE r.statut = 'validee'
          AND r.citerne_id = q.citerne_id
          AND r.produit_id = q.produit_id
          AND r.proprietaire_type = q.proprietaire_type
          AND r.date_reception >= q.jour
          AND r.date_reception < q.jour + '24 hours'::interval  -- Unprovable: only spares work
        UNION ALL
        SELECT s.id, s.date_sortie, -s.volume_ambiant
        FROM sorties_produit AS s
        WHERE s.statut = 'validee'
          AND s.citerne_id = q.citerne_id
          AND s.produit_id = q.produit_id
          AND s.proprietaire_type = q.proprietaire_type
          AND s.date_sortie >= q.jour
          AND s.date_sortie < q.jour + '24 hours'::interval
    ) AS m
) AS d
JOIN sorties_produit AS s ON s.id = d.id
JOIN citernes AS c ON c.id = q.citerne_id
JOIN produits AS p ON p.id = q.produit_id
LEFT JOIN clients AS k ON k.id = s.client_id
LEFT JOIN partenaires AS a ON a.id = s.partenaire_id
WHERE q.avant < q.sorties  -- Unprovable: only spares work, the next line decides
  AND round(d.apres::numeric, 6) < -:tolerance_l
