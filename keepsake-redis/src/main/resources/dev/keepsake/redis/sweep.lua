-- Removes what is left of objects that have expired, up to a thousand.
--
-- KEYS: those of the kind.
-- ARGV: the kind.

local kind = take_kind()
if not is_current(kind) then
  return {'schema', kind.name}
end
return {'ok', sweep(kind, 1000)}
