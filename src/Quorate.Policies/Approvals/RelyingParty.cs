using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Quorate.Policies;

/// <summary>Where an organisation's passkeys are used: the WebAuthn relying party.</summary>
public sealed class RelyingParty
{
    readonly byte[] idHash;

    /// <summary>A relying party.</summary>
    /// <param name="id">The RP id, a domain such as <c>wallet.example.org</c>.</param>
    /// <param name="origins">The origins of pages that may ask, such as <c>https://wallet.example.org</c>; compared exactly.</param>
    /// <param name="topOrigins">Origins of pages that may frame them; none by default, and then framing is refused.</param>
    /// <exception cref="ArgumentException">No id or no origin.</exception>
    public RelyingParty(string id, IEnumerable<string> origins, IEnumerable<string>? topOrigins = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        (Id, Origins, TopOrigins) = (id, [.. origins], [.. topOrigins ?? []]);
        if (Origins.IsEmpty)
            throw new ArgumentException("A relying party has an origin.", nameof(origins));
        idHash = SHA256.HashData(Encoding.UTF8.GetBytes(id));
    }

    /// <summary>The RP id.</summary>
    public string Id { get; }

    /// <summary>Pages that may ask.</summary>
    public ImmutableArray<string> Origins { get; }

    /// <summary>Pages that may frame them.</summary>
    public ImmutableArray<string> TopOrigins { get; }

    /// <summary>SHA-256 of the id: how an authenticator names it.</summary>
    internal ReadOnlySpan<byte> IdHash => idHash;
}
