-- Snapshots of every owner's stock, so that snapshot plus adjustments equals validated receptions
-- minus validated withdrawals (litres). Run on an empty stocks_snapshot after the movements and the
-- adjustments; a CHECK refuses a scenario whose snapshot would be below zero.
INSERT INTO stocks_snapshot
    (id, citerne_id, produit_id, proprietaire_type, depot_id,
     stock_ambiant, stock_15c, last_movement_at, updated_at)
SELECT md5('snapshot:' || flow.citerne_id || flow.produit_id || flow.proprietaire_type)::uuid,
       flow.citerne_id,
       flow.produit_id,
       flow.proprietaire_type,
       citernes.depot_id,
       sum(flow.ambiant),
       sum(flow.a_15c),
       max(flow.at),
       max(flow.at)
FROM (
    SELECT citerne_id, produit_id, proprietaire_type,
           volume_ambiant AS ambiant, volume_corrige_15c AS a_15c, date_reception AS at
    FROM receptions
    WHERE statut = 'validee'
    UNION ALL
    SELECT citerne_id, produit_id, proprietaire_type,
           -volume_ambiant, -volume_corrige_15c, date_sortie
    FROM sorties_produit
    WHERE statut = 'validee'
    UNION ALL
    SELECT citerne_id, produit_id, proprietaire_type, -delta_ambiant, -delta_15c, NULL
    FROM stocks_adjustments
) AS flow
JOIN citernes ON citernes.id = flow.citerne_id
GROUP BY flow.citerne_id, flow.produit_id, flow.proprietaire_type, citernes.depot_id;
