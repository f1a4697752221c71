-- The database of a haulier, for a trial of the documents: a schema of its own, text keys, a view that the house wrote
-- with four codes, row security on one table. Run by a superuser in an empty database `maison`; can be run once.
\set ON_ERROR_STOP on
CREATE ROLE maison_owner LOGIN;
CREATE ROLE maison_app LOGIN;
CREATE ROLE maison_reader LOGIN;
CREATE SCHEMA transit AUTHORIZATION maison_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
SET ROLE maison_owner;
SET search_path = transit;

CREATE TYPE etape AS ENUM ('CHARGEMENT', 'TRANSIT', 'FRONTIERE', 'ARRIVE', 'DECHARGE');
CREATE TABLE exploitants (sigle text PRIMARY KEY, nom text NOT NULL UNIQUE, agree boolean NOT NULL);
CREATE TABLE articles (reference text PRIMARY KEY, nom text NOT NULL);
CREATE TABLE voyages (
    feuille text PRIMARY KEY CHECK (feuille ~ '^F-[0-9]+$'),
    exploitant text NOT NULL REFERENCES exploitants,
    article text NOT NULL REFERENCES articles,
    immatriculation text NOT NULL,
    remorque text,
    loueur text,
    pays text NOT NULL,
    litres double precision NOT NULL,
    etape etape NOT NULL DEFAULT 'CHARGEMENT',
    ouverte_le timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE arrivages (
    bordereau text PRIMARY KEY,
    feuille text REFERENCES voyages,
    site text NOT NULL,
    litres double precision NOT NULL CHECK (litres >= 0),
    etat text NOT NULL CHECK (etat IN ('validee', 'rejetee')),
    saisi_le timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE factures (
    numero text PRIMARY KEY,
    bordereau text NOT NULL REFERENCES arrivages,
    montant numeric(12, 2) NOT NULL,
    emise_le timestamptz NOT NULL,
    payee_le timestamptz CHECK (payee_le >= emise_le)
);

-- Each site sees its own arrivals; the owner sees all, because the rule binds it too and says so.
ALTER TABLE arrivages ENABLE ROW LEVEL SECURITY;
ALTER TABLE arrivages FORCE ROW LEVEL SECURITY;
CREATE POLICY du_site ON arrivages TO maison_app USING (site = current_setting('maison.site', true));
CREATE POLICY tout ON arrivages TO maison_owner USING (true) WITH CHECK (true);
GRANT USAGE ON SCHEMA transit TO maison_app;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA transit TO maison_app;

INSERT INTO exploitants VALUES ('KTG', 'Katanga Transit', true), ('LUX', 'Lualaba Express', false);
INSERT INTO articles VALUES ('GO', 'Gasoil'), ('ES', 'Essence');
INSERT INTO voyages (feuille, exploitant, article, immatriculation, pays, litres, etape, ouverte_le) VALUES
    ('F-100', 'KTG', 'GO', '1111AA/05', 'Zambie', 38000, 'FRONTIERE', now() - interval '40 days'),
    ('F-101', 'KTG', 'GO', '2222BB/05', 'Zambie', 38500, 'TRANSIT', now() - interval '12 days'),
    ('F-102', 'LUX', 'ES', '3333CC/05', 'Tanzanie', 36000, 'ARRIVE', now() - interval '5 days'),
    ('F-103', 'LUX', 'ES', '4444DD/05', 'Tanzanie', 36000, 'ARRIVE', now() - interval '5 days'),
    ('F-104', 'KTG', 'GO', '5555EE/05', 'Zambie', 39000, 'DECHARGE', now() - interval '20 days');
INSERT INTO arrivages (bordereau, feuille, site, litres, etat, saisi_le) VALUES
    ('B-1', 'F-103', 'nord', 35900, 'validee', now() - interval '4 days'),
    ('B-2', 'F-104', 'nord', 38900, 'validee', now() - interval '18 days'),
    ('B-3', 'F-104', 'sud', 38900, 'validee', now() - interval '18 days'),
    ('B-4', NULL, 'sud', 12000, 'validee', now() - interval '3 days');
INSERT INTO factures VALUES
    ('A-1', 'B-2', 41000.00, now() - interval '100 days', NULL),
    ('A-2', 'B-2', 41000.00, now() - interval '15 days', now() - interval '10 days'),
    ('A-3', 'B-1', 0.00, now() - interval '2 days', NULL);

-- What the house had before: four codes in its own words, read with the rights of whoever reads it.
CREATE VIEW v_anomalies_transit WITH (security_invoker = true) AS
SELECT 'FACT-RETARD'::text AS check_code, 'WARN'::text AS severity, 'FACTURE'::text AS entity_type,
       numero AS entity_id, 'Facture impayée ' || numero AS message,
       jsonb_build_object('montant', montant, 'emise_le', emise_le) AS payload, emise_le AS detected_at
FROM factures WHERE payee_le IS NULL AND emise_le < now() - interval '60 days'
UNION ALL
SELECT 'FACT-NULLE', 'INFO', 'FACTURE', numero, 'Facture à zéro ' || numero,
       jsonb_build_object('bordereau', bordereau), emise_le
FROM factures WHERE montant = 0
UNION ALL
SELECT 'ARRIVAGE-ORPHELIN', 'CRITICAL', 'ARRIVAGE', bordereau, 'Arrivage sans feuille de route ' || bordereau,
       jsonb_build_object('site', site, 'litres', litres), saisi_le
FROM arrivages WHERE feuille IS NULL
UNION ALL
SELECT 'EXPLOITANT-NON-AGREE', 'INFO', 'EXPLOITANT', sigle, 'Exploitant non agréé ' || nom,
       jsonb_build_object('Nom', nom), timestamptz '2026-01-01 00:00:00+00'
FROM exploitants WHERE NOT agree;
RESET ROLE;
