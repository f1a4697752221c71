-- The reference depot, made as hard as a real one may be: every column NOT NULL, every name unique, an enum for
-- each status, and triggers that demand a movement before a stock is noted.
DROP VIEW IF EXISTS v_integrity_checks;
DROP VIEW IF EXISTS v_stock_actuel;

DO $$
DECLARE
    one regclass;
BEGIN
    -- Those on a status are of the type that it has.
    FOR one IN
        SELECT i.indexrelid FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid
        WHERE c.relnamespace = 'public'::regnamespace AND NOT i.indisunique
    LOOP
        EXECUTE format('DROP INDEX %s', one);
    END LOOP;
END $$;

ALTER TABLE citernes DROP CONSTRAINT citernes_statut_check;
ALTER TABLE cours_de_route DROP CONSTRAINT cours_de_route_statut_check;
ALTER TABLE receptions DROP CONSTRAINT receptions_statut_check, DROP CONSTRAINT receptions_validee_volume;
ALTER TABLE sorties_produit DROP CONSTRAINT sorties_produit_statut_check;

CREATE TYPE statut_citerne AS ENUM ('active', 'inactive', 'maintenance');
CREATE TYPE statut_camion AS ENUM ('CHARGEMENT', 'TRANSIT', 'FRONTIERE', 'ARRIVE', 'DECHARGE');
CREATE TYPE statut_reception AS ENUM ('validee', 'rejetee');
CREATE TYPE statut_sortie AS ENUM ('brouillon', 'validee', 'rejetee');

ALTER TABLE citernes ALTER statut DROP DEFAULT, ALTER statut TYPE statut_citerne USING statut::statut_citerne;
ALTER TABLE citernes ALTER statut SET DEFAULT 'active';
ALTER TABLE cours_de_route ALTER statut DROP DEFAULT, ALTER statut TYPE statut_camion USING statut::statut_camion;
ALTER TABLE cours_de_route ALTER statut SET DEFAULT 'CHARGEMENT';
ALTER TABLE receptions ALTER statut DROP DEFAULT, ALTER statut TYPE statut_reception USING statut::statut_reception;
ALTER TABLE receptions ALTER statut SET DEFAULT 'validee';
ALTER TABLE sorties_produit ALTER statut DROP DEFAULT, ALTER statut TYPE statut_sortie USING statut::statut_sortie;
ALTER TABLE sorties_produit ALTER statut SET DEFAULT 'brouillon';

ALTER TABLE depots ADD CONSTRAINT depots_nom_unique UNIQUE (nom);
ALTER TABLE produits ADD CONSTRAINT produits_nom_unique UNIQUE (nom);
ALTER TABLE citernes ADD CONSTRAINT citernes_nom_unique UNIQUE (nom);
ALTER TABLE fournisseurs ADD CONSTRAINT fournisseurs_nom_unique UNIQUE (nom);
ALTER TABLE clients ADD CONSTRAINT clients_nom_unique UNIQUE (nom);
ALTER TABLE partenaires ADD CONSTRAINT partenaires_nom_unique UNIQUE (nom);

DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT c.relname, a.attname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
    LOOP
        EXECUTE format('ALTER TABLE %I ALTER %I SET NOT NULL', one.relname, one.attname);
    END LOOP;
END $$;

CREATE FUNCTION exige_un_mouvement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM receptions WHERE citerne_id = NEW.citerne_id)
       AND NOT EXISTS (SELECT FROM sorties_produit WHERE citerne_id = NEW.citerne_id) THEN
        RAISE EXCEPTION 'aucun mouvement ne précède ce stock';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER snapshot_apres_mouvement BEFORE INSERT ON stocks_snapshot
    FOR EACH ROW EXECUTE FUNCTION exige_un_mouvement();
CREATE TRIGGER ajustement_apres_mouvement BEFORE INSERT ON stocks_adjustments
    FOR EACH ROW EXECUTE FUNCTION exige_un_mouvement();
