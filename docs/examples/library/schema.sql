-- A lending library: text keys, statuses of its own. Run with the schema of your choice first in search_path.
CREATE TABLE lecteurs (
    carte text PRIMARY KEY,
    nom text NOT NULL,
    adresse text,
    suspendu boolean NOT NULL DEFAULT false
);

CREATE TABLE exemplaires (
    cote text PRIMARY KEY,
    titre text NOT NULL,
    etat text NOT NULL DEFAULT 'bon' CHECK (etat IN ('bon', 'use', 'perdu'))
);

CREATE TABLE prets (
    numero text PRIMARY KEY,
    cote text NOT NULL REFERENCES exemplaires,
    carte text NOT NULL REFERENCES lecteurs,
    prete_le timestamptz NOT NULL,
    echeance timestamptz NOT NULL,
    rendu_le timestamptz
);

CREATE TABLE amendes (
    numero text PRIMARY KEY,
    carte text NOT NULL REFERENCES lecteurs,
    montant numeric(10, 2) NOT NULL,
    posee_le timestamptz NOT NULL,
    payee_le timestamptz
);

CREATE TABLE reservations (
    numero text PRIMARY KEY,
    cote text NOT NULL REFERENCES exemplaires,
    carte text NOT NULL REFERENCES lecteurs,
    disponible_le timestamptz,
    retiree_le timestamptz
);
