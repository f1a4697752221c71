-- What the rules read of a stock whose snapshot contains its adjustments already.
SELECT
    depot_id, citerne_id, produit_id, proprietaire_type, stock_ambiant, stock_15c, last_movement_at, updated_at,
    stock_ambiant AS stock_ambiant_base,
    stock_15c AS stock_15c_base,
    0::double precision AS delta_ambiant_total,
    0::double precision AS delta_15c_total
FROM stocks_snapshot
