using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Policies;
using Quorate.Threshold.Sharing;

namespace Quorate.Node.Vault;

/// <summary>
/// What a node knows a key by: a hash of its scheme, public key and chain code, the same at all holders and in all epochs.
/// </summary>
public static class KeyId
{
    /// <summary>The id of a package's key.</summary>
    public static Digest Of<C>(PublicKeyPackage<C> package) where C : struct, ICurve<C>
    {
        ArgumentNullException.ThrowIfNull(package);
        using var transcript = new Transcript(Tags.NodeKey);
        return new(transcript.Append((ulong)package.Scheme).Append(package.GroupKey).Append(package.ChainCode).Digest());
    }
}
