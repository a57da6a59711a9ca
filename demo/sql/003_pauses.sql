-- Readers of these plans may pause for two months a year without asking.
UPDATE plan SET pause_days = 60 WHERE slug IN ('numerique', 'integral');
