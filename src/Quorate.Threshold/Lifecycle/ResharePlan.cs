using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Lifecycle;

/// <summary>
/// What a refresh, a resharing or the distribution of an imported key is about. Everybody makes the same plan before
/// the session, from its own copy of the old package: parties with different plans do not hear each other.
/// </summary>
public sealed class ResharePlan<C> where C : struct, ICurve<C>
{
    /// <summary>How far an epoch may be above the old one, so that nobody uses up the numbers.</summary>
    public const uint MaxEpochStep = 1024;

    ResharePlan(PublicKeyPackage<C> package, PartySet dealers, PartySet receivers, int threshold, uint epoch)
    {
        ArgumentNullException.ThrowIfNull(package);
        ArgumentNullException.ThrowIfNull(receivers);
        package.RequireQuorum(package.Scheme, dealers);
        // With t′ = 1 every receiver would have the whole key, and DKLs23 has nobody to multiply with.
        ArgumentOutOfRangeException.ThrowIfLessThan(threshold, package.Scheme == KeyScheme.Dkls23 ? 2 : 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threshold, receivers.Count);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(epoch, package.Epoch);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(epoch - package.Epoch, MaxEpochStep, nameof(epoch));
        (Package, Dealers, Receivers, Threshold, Epoch) = (package, dealers, receivers, threshold, epoch);
        Parties = new(dealers.Union(receivers));
    }

    /// <summary>New shares of the same key for the same committee, with the same threshold: there is no way to give another.</summary>
    /// <param name="package">The key as it is shared now.</param>
    /// <param name="dealers">At least t of its holders, all of whom deal.</param>
    /// <param name="epoch">Of the new sharing: above every one that any receiver knows of (<see cref="KeyHolding{C}.NextEpoch"/>).</param>
    /// <exception cref="ArgumentException">
    /// No quorum deals, or the epoch is not 1 to <see cref="MaxEpochStep"/> above the package's.
    /// </exception>
    public static ResharePlan<C> Refresh(PublicKeyPackage<C> package, PartySet dealers, uint epoch)
    {
        ArgumentNullException.ThrowIfNull(package);
        return new(package, dealers, package.Parties, package.Threshold, epoch);
    }

    /// <summary>Shares of the same key for another committee, of whom <paramref name="threshold"/> will sign.</summary>
    /// <param name="package">The key as it is shared now.</param>
    /// <param name="dealers">At least t of its holders, all of whom deal.</param>
    /// <param name="receivers">The new committee: larger or smaller, overlapping the old one or not.</param>
    /// <param name="threshold">1, or 2 for DKLs23, to the number of receivers.</param>
    /// <param name="epoch">Of the new sharing: above every one that any receiver knows of (<see cref="KeyHolding{C}.NextEpoch"/>).</param>
    /// <exception cref="ArgumentException">
    /// No quorum deals, the threshold does not fit the committee, the epoch is not 1 to <see cref="MaxEpochStep"/>
    /// above the package's, or dealers and receivers together are more than <see cref="PartySet.MaxCount"/>.
    /// </exception>
    public static ResharePlan<C> Reshare(PublicKeyPackage<C> package, PartySet dealers, PartySet receivers, int threshold, uint epoch) =>
        new(package, dealers, receivers, threshold, epoch);

    /// <summary>The key as it is shared now.</summary>
    public PublicKeyPackage<C> Package { get; }

    /// <summary>The holders of old shares who deal, at least the old threshold.</summary>
    public PartySet Dealers { get; }

    /// <summary>The new committee.</summary>
    public PartySet Receivers { get; }

    /// <summary>t′: how many of the new committee will sign.</summary>
    public int Threshold { get; }

    /// <summary>Epoch of the new sharing.</summary>
    public uint Epoch { get; }

    /// <summary>Dealers and receivers: who takes part in the session.</summary>
    public PartySet Parties { get; }

    /// <summary>32 bytes that stand for the whole plan.</summary>
    public byte[] Digest()
    {
        using var transcript = new Transcript(Tags.ResharePlan);
        transcript.Append(Package.Digest()).List(Dealers.Count);
        foreach (var dealer in Dealers)
            transcript.Append(dealer.Value);
        transcript.List(Receivers.Count);
        foreach (var receiver in Receivers)
            transcript.Append(receiver.Value);
        return transcript.Append((ulong)Threshold).Append(Epoch).Digest();
    }
}
