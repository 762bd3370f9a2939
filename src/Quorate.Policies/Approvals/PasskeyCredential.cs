using System.Text;

namespace Quorate.Policies;

/// <summary>A registered passkey: what WebAuthn L3, section 4, calls a credential record, as far as it decides anything.</summary>
public sealed record PasskeyCredential
{
    // What follows an attestation object's three keys: a certificate chain may be some kilobytes.
    const int MaxAttestationSize = 1 << 16;

    PasskeyCredential(ReadOnlySpan<byte> id, P256PublicKey publicKey, bool isBackupEligible, uint signCount)
    {
        Id = id.ToArray();
        (PublicKey, IsBackupEligible, SignCount) = (publicKey, isBackupEligible, signCount);
    }

    /// <summary>The credential id, 1 to 1,023 bytes.</summary>
    public ReadOnlyMemory<byte> Id { get; }

    /// <summary>Its key.</summary>
    public P256PublicKey PublicKey { get; }

    /// <summary>Whether it may be synchronised to other devices. Fixed at registration.</summary>
    public bool IsBackupEligible { get; }

    /// <summary>The signature counter at registration; 0 for authenticators that have none.</summary>
    public uint SignCount { get; }

    /// <summary>The id in hexadecimal.</summary>
    internal string Name => Convert.ToHexStringLower(Id.Span);

    /// <summary>
    /// Verifies a registration: WebAuthn L3, section 7.1, with user verification required and any attestation statement
    /// accepted unread. Who a new device belongs to is for the administrators' quorum to say, not for its maker.
    /// </summary>
    /// <param name="clientDataJson">As the client sent it.</param>
    /// <param name="attestationObject">As the client sent it.</param>
    /// <param name="challenge">What was asked for this registration.</param>
    /// <param name="party">The relying party.</param>
    /// <param name="credential">The credential; null where there is a fault.</param>
    /// <returns>What is wrong; null where nothing is.</returns>
    public static ApprovalFault? Register(
        ReadOnlySpan<byte> clientDataJson, ReadOnlySpan<byte> attestationObject, ReadOnlySpan<byte> challenge, RelyingParty party,
        out PasskeyCredential? credential)
    {
        ArgumentNullException.ThrowIfNull(party);
        credential = null;
        if (ClientData.Read(clientDataJson) is not { } client)
            return ApprovalFault.MalformedClientData;
        if (client.FaultFor(ClientData.Create, challenge, party) is { } clientFault)
            return clientFault;
        if (!TryReadAttestation(attestationObject, out var authenticatorData)
            || !AuthenticatorData.TryParse(authenticatorData, out var data)
            || data.PublicKey is null)
            return ApprovalFault.MalformedAuthenticatorData;
        if (!data.RpIdHash.SequenceEqual(party.IdHash))
            return ApprovalFault.WrongRelyingParty;
        if (!data.Has(AuthenticatorFlags.UserPresent))
            return ApprovalFault.UserNotPresent;
        if (!data.Has(AuthenticatorFlags.UserVerified))
            return ApprovalFault.UserNotVerified;
        if (data.HasContradictoryBackup)
            return ApprovalFault.BackupFlags;
        credential = new(data.CredentialId, data.PublicKey, data.Has(AuthenticatorFlags.BackupEligible), data.SignCount);
        return null;
    }

    /// <summary>A credential from what a membership has stored of it.</summary>
    /// <exception cref="ArgumentException">The id is not 1 to 1,023 bytes.</exception>
    public static PasskeyCredential FromRecord(ReadOnlySpan<byte> id, P256PublicKey publicKey, bool isBackupEligible, uint signCount)
    {
        ArgumentNullException.ThrowIfNull(publicKey);
        return id.Length is >= 1 and <= 1023
            ? new(id, publicKey, isBackupEligible, signCount)
            : throw new ArgumentException("A credential id has 1 to 1,023 bytes.", nameof(id));
    }

    /// <summary>Whether both are the same credential, with the same key and history.</summary>
    public bool Equals(PasskeyCredential? other) =>
        other is not null && Id.Span.SequenceEqual(other.Id.Span) && PublicKey.Encoded.Span.SequenceEqual(other.PublicKey.Encoded.Span)
        && (IsBackupEligible, SignCount) == (other.IsBackupEligible, other.SignCount);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, SignCount);

    // { "fmt": text, "attStmt": map, "authData": bytes }, each once and in any order: not every client keeps CTAP 2's.
    static bool TryReadAttestation(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> authenticatorData)
    {
        authenticatorData = default;
        var reader = new CborReader(bytes);
        if (bytes.Length > MaxAttestationSize || !reader.TryReadMap(out var pairs) || pairs != 3)
            return false;
        bool hasFormat = false, hasStatement = false, hasData = false;
        for (var i = 0; i < 3; i++)
        {
            if (!reader.TryReadText(out var key))
                return false;
            switch (Encoding.UTF8.GetString(key))
            {
                case "fmt" when !hasFormat:
                    hasFormat = reader.TryReadText(out _);
                    break;
                case "attStmt" when !hasStatement:
                    hasStatement = reader.TrySkip();
                    break;
                case "authData" when !hasData:
                    hasData = reader.TryReadBytes(out authenticatorData);
                    break;
                default:
                    return false;
            }
        }
        return hasFormat && hasStatement && hasData && reader.Rest.IsEmpty;
    }
}
