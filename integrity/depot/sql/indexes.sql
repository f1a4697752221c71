-- Indexes of the reference depot, each with the reader that needs it.

-- Rules CDR_ARRIVE_STALE and CDR_BLOQUE: the few trucks in one status, oldest first, among years
-- of unloaded ones.
CREATE INDEX cours_de_route_statut_created ON cours_de_route (statut, created_at);

-- Rules CDR_ARRIVE_STALE (has this truck a validated reception?) and CDR_RECEPTION_MULTIPLE.
CREATE INDEX receptions_validee_par_camion ON receptions (cours_de_route_id)
    WHERE statut = 'validee';

-- Rules SORTIE_STOCK_INSUFFISANT and SNAPSHOT_ECART: validated movements of one owner's stock in
-- the order of time.
CREATE INDEX receptions_validee_par_stock
    ON receptions (citerne_id, produit_id, proprietaire_type, date_reception)
    WHERE statut = 'validee';
CREATE INDEX sorties_validee_par_stock
    ON sorties_produit (citerne_id, produit_id, proprietaire_type, date_sortie)
    WHERE statut = 'validee';

-- View v_stock_actuel: the adjustments of one owner's stock.
CREATE INDEX stocks_adjustments_par_stock
    ON stocks_adjustments (citerne_id, produit_id, proprietaire_type);
