using System.Text.RegularExpressions;
using Quorate.Chains;
using Quorate.Server.Recording;
using Quorate.Testing;

namespace Quorate.Server.Tests.OpenApi;

/// <summary>The codes of problems that stand in the sources.</summary>
static partial class ErrorCodes
{
    /// <summary>Of refusals that the saga and other work of the server meets, and no caller.</summary>
    internal static IReadOnlySet<string> OfOurOwn { get; } = new HashSet<string>
    {
        // Steps of the saga, which is at it alone.
        "already_signed", "no_signatures", "not_approved", "not_expired", "other_bytes", "other_id", "reservation_exists", "reservation_held", "reservation_used",
        "same_transaction", "too_many_attempts", "too_many_reservations", "too_many_transactions", "unknown_reservation", "wrong_attempt", "wrong_form", "wrong_id",
        "wrong_purpose",
        // What is asked of a transfer that is on the network becomes a replacement.
        "already_broadcast",
        // Requests that the API does not make: ids and lists are its own, fees are in the chain's coin, names are judged before, every method says who may.
        "already_exists", "invalid_fee", "invalid_kinds", "invalid_feature", "invalid_vaults", "not_open",
        // What a chain says of a transfer that is planned ends it, and is its reason; a replacement pays out nothing that is new, and no more
        // than the limit, above which a chain's adapter makes none.
        "chain_dust", "fee_above_limit",
        // What nodes report of their keys; what retention is set to.
        "invalid_keys", "keys_disagree", "below_retention",
        // Of a field, within invalid_argument, and reasons that become one.
        "invalid", "invalid_type",
    };

    /// <summary>All of them.</summary>
    internal static SortedSet<string> InSources()
    {
        // What a status is called where nobody gave it a code, and faults of chains.
        var found = new SortedSet<string>(StringComparer.Ordinal) { "deadline_exceeded", "unknown" };
        found.UnionWith(Enum.GetValues<ChainError>().Select(e => $"chain_{SnakeCase.Text(e)}"));
        foreach (var file in (string[])["src/Quorate.Server", "src/Quorate.Rpc"])
        {
            foreach (var path in Directory.EnumerateFiles(Repository.PathOf(file), "*.cs", SearchOption.AllDirectories).Where(p => !p.Contains("/obj/", StringComparison.Ordinal)))
            {
                var text = File.ReadAllText(path);
                found.UnionWith(Code().Matches(text).SelectMany(m => m.Groups["code"].Captures).Select(c => c.Value));
                // Whose lines look the same.
                if (!path.EndsWith("EffectNote.cs", StringComparison.Ordinal))
                    found.UnionWith(Claim().Matches(text).Select(m => $"{m.Groups[1].Value}_taken"));
            }
        }
        found.Remove("chain_");
        return found;
    }

    // Refusal("code", new("code", "words…"), AccessRefusal.…("code", Code = "code", Code = x ? "code" : "code".
    [GeneratedRegex("""
        (?:Refusal|Unauthenticated|Forbidden|AccessRefusal\.Invalid|[^.\w]Problem)\(\s*"(?<code>[a-z_]+)"|new\(\s*"(?<code>[a-z_]+)",\s*(?:\$?"|\w+\.Reason)|Code = (?:[^",;]*\?\s*)?"(?<code>[a-z_]+)"(?:\s*:\s*"(?<code>[a-z_]+)")?|Refuse\(http, [\w.]+, "(?<code>[a-z_]+)"|InvalidRequest = "(?<code>[a-z_]+)"
        """)]
    private static partial Regex Code();

    [GeneratedRegex("""new\("([a-z_]+)", (?:e\.|external|Convert\.)""")]
    private static partial Regex Claim();
}
