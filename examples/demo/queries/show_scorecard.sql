-- How each show does, month by month: plays as advertisers count them, and what campaigns paid.
SELECT month, s.show_id, s.title, s.category, p.plays::BIGINT AS plays, p.countries::INTEGER AS countries,
  coalesce(r.revenue_eur, 0)::DECIMAL(12,2) AS revenue_eur,
  CASE WHEN p.plays > 0 THEN (1000 * r.revenue_eur / p.plays)::DECIMAL(12,2) END AS eur_per_thousand_plays
FROM shows.shows s
JOIN (SELECT date_trunc('month', day)::DATE AS month, show_id, sum(plays) AS plays, count(DISTINCT country) AS countries
      FROM audience.daily_plays GROUP BY ALL) p USING (show_id)
LEFT JOIN (SELECT date_trunc('month', day)::DATE AS month, show_id, sum(revenue_eur) AS revenue_eur
           FROM ads.campaign_revenue GROUP BY ALL) r USING (show_id, month)
ORDER BY month, plays DESC, s.show_id
