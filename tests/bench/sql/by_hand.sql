-- The five V1 rules as single queries, written by hand for speed: thresholds and names as literals, no
-- message, no payload, no view in between. Parted by lines of `-- @ CODE`; the first column is the entity.

-- @ CDR_ARRIVE_STALE
SELECT t.id, t.plaque_camion, t.transporteur, f.nom, p.nom, t.volume, t.created_at
FROM cours_de_route AS t
LEFT JOIN fournisseurs AS f ON f.id = t.fournisseur_id
LEFT JOIN produits AS p ON p.id = t.produit_id
WHERE t.statut = 'ARRIVE'
  AND t.created_at < now() - interval '48 hours'
  AND NOT EXISTS (
      SELECT FROM receptions AS r WHERE r.cours_de_route_id = t.id AND r.statut = 'validee'
  )

-- @ RECEPTION_ECART_15C
SELECT r.id, c.nom, p.nom, r.proprietaire_type, t.plaque_camion, r.date_reception,
       r.volume_ambiant, r.volume_15c, r.volume_corrige_15c, r.created_at
FROM receptions AS r
JOIN citernes AS c ON c.id = r.citerne_id
JOIN produits AS p ON p.id = r.produit_id
LEFT JOIN cours_de_route AS t ON t.id = r.cours_de_route_id
WHERE r.statut = 'validee'
  AND greatest(abs(r.volume_15c - r.volume_ambiant), abs(r.volume_corrige_15c - r.volume_ambiant))
      > 0.05 * abs(r.volume_ambiant) + 0.000001

-- @ SORTIE_ECART_15C
SELECT s.id, c.nom, p.nom, s.proprietaire_type, k.nom, s.date_sortie, s.volume_ambiant,
       s.volume_corrige_15c, s.created_at
FROM sorties_produit AS s
JOIN citernes AS c ON c.id = s.citerne_id
JOIN produits AS p ON p.id = s.produit_id
LEFT JOIN clients AS k ON k.id = s.client_id
WHERE s.statut = 'validee'
  AND abs(s.volume_corrige_15c - s.volume_ambiant) > 0.05 * abs(s.volume_ambiant) + 0.000001

-- @ STOCK_NEGATIF
SELECT s.citerne_id, c.nom, p.nom, s.proprietaire_type, s.stock_ambiant + coalesce(a.ambiant, 0),
       s.stock_15c + coalesce(a.quinze, 0), greatest(s.updated_at, s.last_movement_at, a.dernier)
FROM stocks_snapshot AS s
LEFT JOIN (
    SELECT citerne_id, produit_id, proprietaire_type, sum(delta_ambiant) AS ambiant,
           sum(delta_15c) AS quinze, max(created_at) AS dernier
    FROM stocks_adjustments
    GROUP BY citerne_id, produit_id, proprietaire_type
) AS a USING (citerne_id, produit_id, proprietaire_type)
JOIN citernes AS c ON c.id = s.citerne_id
JOIN produits AS p ON p.id = s.produit_id
WHERE s.stock_ambiant + coalesce(a.ambiant, 0) < -0.01
   OR s.stock_15c + coalesce(a.quinze, 0) < -0.01

-- @ STOCK_OVER_CAPACITY
SELECT c.id, c.nom, t.total, c.capacite_totale, c.capacite_securite, t.dernier
FROM (
    SELECT s.citerne_id, sum(greatest(s.stock_ambiant + coalesce(a.ambiant, 0), 0)) AS total,
           max(greatest(s.updated_at, s.last_movement_at, a.dernier)) AS dernier
    FROM stocks_snapshot AS s
    LEFT JOIN (
        SELECT citerne_id, produit_id, proprietaire_type, sum(delta_ambiant) AS ambiant,
               max(created_at) AS dernier
        FROM stocks_adjustments
        GROUP BY citerne_id, produit_id, proprietaire_type
    ) AS a USING (citerne_id, produit_id, proprietaire_type)
    GROUP BY s.citerne_id
) AS t
JOIN citernes AS c ON c.id = t.citerne_id
WHERE c.statut = 'active' AND t.total > c.capacite_totale - c.capacite_securite
