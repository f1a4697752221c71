-- Tables of the reference depot: the business database of the founding documents, name for name.
--
-- Units: volumes in litres, densities in kg/m3, temperatures in degrees Celsius.
-- People (created_by, validated_by, user_id) are accounts of the real system's sign-in service,
-- which is not part of this database: plain uuids without a foreign key.

CREATE TABLE depots (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    nom text NOT NULL,
    adresse text,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE produits (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    nom text NOT NULL,
    code text NOT NULL UNIQUE,
    description text,
    actif boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE citernes (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    depot_id uuid NOT NULL REFERENCES depots,
    nom text NOT NULL,
    capacite_totale double precision NOT NULL CHECK (capacite_totale > 0),
    capacite_securite double precision NOT NULL DEFAULT 0 CHECK (capacite_securite >= 0),
    localisation text,
    statut text NOT NULL DEFAULT 'active' CHECK (statut IN ('active', 'inactive', 'maintenance')),
    produit_id uuid NOT NULL REFERENCES produits,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE fournisseurs (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    nom text NOT NULL,
    contact text,
    telephone text,
    email text,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE clients (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    nom text NOT NULL,
    contact text,
    telephone text,
    email text,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE partenaires (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    nom text NOT NULL,
    contact text,
    telephone text,
    email text,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE cours_de_route (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    fournisseur_id uuid REFERENCES fournisseurs,
    depot_destination_id uuid REFERENCES depots,
    produit_id uuid REFERENCES produits,
    plaque_camion text,
    plaque_remorque text,
    chauffeur_nom text,
    transporteur text,
    depart_pays text,
    date_chargement date,
    volume double precision,
    statut text NOT NULL DEFAULT 'CHARGEMENT'
        CHECK (statut IN ('CHARGEMENT', 'TRANSIT', 'FRONTIERE', 'ARRIVE', 'DECHARGE')),
    note text,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE receptions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    cours_de_route_id uuid REFERENCES cours_de_route,
    citerne_id uuid NOT NULL REFERENCES citernes,
    produit_id uuid NOT NULL REFERENCES produits,
    partenaire_id uuid REFERENCES partenaires,
    index_avant double precision,
    index_apres double precision,
    volume_observe double precision,
    volume_ambiant double precision,
    volume_15c double precision,
    volume_corrige_15c double precision,
    temperature_ambiante_c double precision,
    densite_a_15 double precision,
    proprietaire_type text NOT NULL DEFAULT 'MONALUXE'
        CHECK (proprietaire_type IN ('MONALUXE', 'PARTENAIRE')),
    statut text NOT NULL DEFAULT 'validee' CHECK (statut IN ('validee', 'rejetee')),
    date_reception timestamptz NOT NULL DEFAULT now(),
    created_by uuid,
    validated_by uuid,
    note text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT receptions_index_croissant CHECK (index_apres > index_avant),
    CONSTRAINT receptions_validee_volume
        CHECK (statut <> 'validee' OR volume_ambiant IS NOT NULL),
    CONSTRAINT receptions_partenaire
        CHECK (proprietaire_type <> 'PARTENAIRE' OR partenaire_id IS NOT NULL)
);

COMMENT ON COLUMN receptions.densite_a_15 IS
    'Misnomer kept from the real system: the OBSERVED density (kg/m3), read at '
    'temperature_ambiante_c. It is not the density at 15 degrees.';

CREATE TABLE sorties_produit (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    citerne_id uuid NOT NULL REFERENCES citernes,
    produit_id uuid NOT NULL REFERENCES produits,
    client_id uuid REFERENCES clients,
    partenaire_id uuid REFERENCES partenaires,
    index_avant double precision,
    index_apres double precision,
    volume_ambiant double precision,
    volume_corrige_15c double precision,
    temperature_ambiante_c double precision,
    densite_a_15 double precision,
    proprietaire_type text NOT NULL DEFAULT 'MONALUXE'
        CHECK (proprietaire_type IN ('MONALUXE', 'PARTENAIRE')),
    statut text NOT NULL DEFAULT 'brouillon'
        CHECK (statut IN ('brouillon', 'validee', 'rejetee')),
    date_sortie timestamptz NOT NULL DEFAULT now(),
    chauffeur_nom text,
    plaque_camion text,
    plaque_remorque text,
    transporteur text,
    created_by uuid,
    validated_by uuid,
    note text,
    created_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON COLUMN sorties_produit.densite_a_15 IS
    'Misnomer kept from the real system: the OBSERVED density (kg/m3), read at '
    'temperature_ambiante_c. It is not the density at 15 degrees.';

-- The CHECKs are half of the trap of the real system: a snapshot stops at zero, so a rule that
-- reads it can never see a negative stock.
CREATE TABLE stocks_snapshot (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    citerne_id uuid NOT NULL REFERENCES citernes,
    produit_id uuid NOT NULL REFERENCES produits,
    proprietaire_type text NOT NULL CHECK (proprietaire_type IN ('MONALUXE', 'PARTENAIRE')),
    depot_id uuid NOT NULL REFERENCES depots,
    stock_ambiant double precision NOT NULL DEFAULT 0 CHECK (stock_ambiant >= 0),
    stock_15c double precision NOT NULL DEFAULT 0 CHECK (stock_15c >= 0),
    last_movement_at timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT stocks_snapshot_un_par_proprietaire
        UNIQUE (citerne_id, produit_id, proprietaire_type)
);

-- mouvement_id points to receptions or sorties_produit, as mouvement_type says; no foreign key can.
CREATE TABLE stocks_adjustments (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    mouvement_type text NOT NULL CHECK (mouvement_type IN ('RECEPTION', 'SORTIE')),
    mouvement_id uuid NOT NULL,
    delta_ambiant double precision NOT NULL,
    delta_15c double precision NOT NULL,
    reason text NOT NULL CHECK (char_length(reason) >= 10),
    created_by uuid,
    depot_id uuid NOT NULL REFERENCES depots,
    citerne_id uuid NOT NULL REFERENCES citernes,
    produit_id uuid NOT NULL REFERENCES produits,
    proprietaire_type text NOT NULL CHECK (proprietaire_type IN ('MONALUXE', 'PARTENAIRE')),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE profils (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid,
    nom_complet text,
    role text,
    depot_id uuid REFERENCES depots,
    email text,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE log_actions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid,
    action text NOT NULL,
    module text,
    niveau text,
    details jsonb,
    cible_id uuid,
    created_at timestamptz NOT NULL DEFAULT now()
);
