using Quorate.Cryptography.Curves;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Dkls23;

/// <summary>
/// One party's part of one signature prepared ahead: for one sharing of one key, one quorum, one signature. Using it
/// twice would give the share away. It lives in memory only and has no encoding, by design: a crash loses it, a backup
/// never holds it, so nothing that is restored can use one.
/// </summary>
public sealed class Dkls23Presignature : IDisposable
{
    readonly PreparedNonce nonce;
    int taken;

    /// <summary>Takes ownership of the nonce.</summary>
    internal Dkls23Presignature(Dkls23KeyShare share, PartySet quorum, PreparedNonce nonce)
    {
        (Owner, Package, Quorum, this.nonce) = (share.Me, share.Package, quorum, nonce);
        SetupId = share.SetupId.ToArray();
    }

    /// <summary>32 bytes that all parties of the quorum know this presignature by, and no other has.</summary>
    public ReadOnlySpan<byte> Id => nonce.Session;

    /// <summary>Whose part this is.</summary>
    public PartyId Owner { get; }

    /// <summary>Who signs with it.</summary>
    public PartySet Quorum { get; }

    /// <summary>The key it is for, with its epoch and derivation.</summary>
    public PublicKeyPackage<Secp256k1> Package { get; }

    /// <summary>Whether it has been used or wiped.</summary>
    public bool IsSpent => Volatile.Read(ref taken) != 0;

    /// <summary>The generation of pairwise set-ups that it was made with.</summary>
    internal byte[] SetupId { get; }

    /// <summary>R, before it is shifted.</summary>
    internal Point<Secp256k1> R => nonce.R;

    /// <summary>Hands the nonce out, once, after that has been recorded; whoever takes it wipes it.</summary>
    /// <exception cref="InvalidOperationException">It has been handed out before, by this object or a copy of its memory.</exception>
    internal PreparedNonce Take(ISpentPresignatures spent)
    {
        if (Interlocked.Exchange(ref taken, 1) != 0)
            throw Used();
        var isRecorded = false;
        try
        {
            isRecorded = spent.TrySpend(Id);
        }
        finally
        {
            // Where its use can not be recorded there is none.
            if (!isRecorded)
                nonce.Dispose();
        }
        return isRecorded ? nonce : throw Used();
    }

    /// <summary>Wipes it, unless a session has taken it: then it is the session's to wipe.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref taken, 1) == 0)
            nonce.Dispose();
    }

    static InvalidOperationException Used() => new("This presignature has been used. A presignature is for one signature.");
}
