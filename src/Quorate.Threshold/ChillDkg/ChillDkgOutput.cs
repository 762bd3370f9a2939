using Quorate.Cryptography.Curves;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.ChillDkg;

/// <summary>What a participant has after a successful session. The share is secret; the recovery data are everybody's.</summary>
public sealed record ChillDkgOutput(KeyShare<Secp256k1> Share, RecoveryData Recovery) : IDisposable
{
    /// <summary>Wipes the share.</summary>
    public void Dispose() => Share.Dispose();
}
