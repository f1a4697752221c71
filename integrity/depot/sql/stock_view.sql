-- v_stock_actuel: one row per tank, product and owner, snapshot plus the sum of its adjustments.
--
-- stock_ambiant and stock_15c are clamped at zero, as in the real system: this is the trap that
-- hid negative stocks. The unclamped truth is stock_*_base + delta_*_total (litres).
CREATE VIEW v_stock_actuel AS
SELECT s.depot_id,
       s.citerne_id,
       s.produit_id,
       s.proprietaire_type,
       GREATEST(s.stock_ambiant + coalesce(a.delta_ambiant, 0), 0) AS stock_ambiant,
       GREATEST(s.stock_15c + coalesce(a.delta_15c, 0), 0) AS stock_15c,
       s.last_movement_at,
       s.updated_at,
       s.stock_ambiant AS stock_ambiant_base,
       s.stock_15c AS stock_15c_base,
       coalesce(a.delta_ambiant, 0) AS delta_ambiant_total,
       coalesce(a.delta_15c, 0) AS delta_15c_total
FROM stocks_snapshot AS s
LEFT JOIN (
    SELECT citerne_id,
           produit_id,
           proprietaire_type,
           sum(delta_ambiant) AS delta_ambiant,
           sum(delta_15c) AS delta_15c
    FROM stocks_adjustments
    GROUP BY citerne_id, produit_id, proprietaire_type
) AS a USING (citerne_id, produit_id, proprietaire_type);
