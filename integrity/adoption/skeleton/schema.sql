-- An empty database of this sort: the tables that the rules read.
CREATE TABLE prets (
    id text PRIMARY KEY,
    lecteur text NOT NULL,
    echeance timestamptz NOT NULL,
    rendu_le timestamptz
);
