using System.Globalization;
using Quorate.Policies;

namespace Quorate.Node.Vault;

/// <summary>
/// What a vault is at one moment. A vault cannot prove by itself that it is not an old copy; whoever keeps its last anchor
/// elsewhere can: in a node, its journal.
/// </summary>
/// <param name="Vault">The vault's id.</param>
/// <param name="Revision">How many commits it has seen, the first included.</param>
/// <param name="Hash">The hash of its manifest.</param>
public sealed record VaultAnchor(Guid Vault, long Revision, Digest Hash)
{
    /// <summary>Reads what <see cref="ToString"/> writes, and nothing else.</summary>
    public static bool TryParse(string? text, out VaultAnchor? anchor)
    {
        anchor = text?.Split('/') is [var vault, var revision, var hash]
            && Guid.TryParseExact(vault, "N", out var id)
            && long.TryParse(revision, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && Digest.TryParse(hash, out var digest)
            ? new(id, number, digest)
            : null;
        if (anchor?.ToString() != text)
            anchor = null;
        return anchor is not null;
    }

    /// <summary>Id, revision and hash, with slashes between.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Vault:N}/{Revision}/{Hash}");
}
