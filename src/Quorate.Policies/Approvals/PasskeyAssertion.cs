using System.Security.Cryptography;

namespace Quorate.Policies;

/// <summary>Verifies a passkey's assertion: WebAuthn L3, section 7.2, with user verification required.</summary>
static class PasskeyAssertion
{
    /// <summary>What is wrong with the assertion; null where it is right but for its counter, which the caller compares.</summary>
    internal static ApprovalFault? Verify(
        PasskeyCredential credential, RelyingParty party, Digest challenge, Approval.Assertion assertion, out uint signCount)
    {
        signCount = 0;
        // Steps 9 to 15: type, challenge, origin, framing.
        if (ClientData.Read(assertion.ClientDataJson.Span) is not { } client)
            return ApprovalFault.MalformedClientData;
        if (client.FaultFor(ClientData.Get, challenge.ToArray(), party) is { } clientFault)
            return clientFault;

        if (!AuthenticatorData.TryParse(assertion.AuthenticatorData.Span, out var data) || data.Has(AuthenticatorFlags.AttestedCredential))
            return ApprovalFault.MalformedAuthenticatorData;
        // Step 16.
        if (!data.RpIdHash.SequenceEqual(party.IdHash))
            return ApprovalFault.WrongRelyingParty;

        // Steps 21 and 22, before the flags: what follows is then known to be the authenticator's word.
        var signed = new byte[assertion.AuthenticatorData.Length + SHA256.HashSizeInBytes];
        assertion.AuthenticatorData.Span.CopyTo(signed);
        SHA256.HashData(assertion.ClientDataJson.Span, signed.AsSpan(assertion.AuthenticatorData.Length));
        if (!credential.PublicKey.Verify(signed, assertion.Value.Span))
            return ApprovalFault.BadSignature;

        // Steps 17 to 20.
        if (!data.Has(AuthenticatorFlags.UserPresent))
            return ApprovalFault.UserNotPresent;
        if (!data.Has(AuthenticatorFlags.UserVerified))
            return ApprovalFault.UserNotVerified;
        if (data.HasContradictoryBackup || data.Has(AuthenticatorFlags.BackupEligible) != credential.IsBackupEligible)
            return ApprovalFault.BackupFlags;
        signCount = data.SignCount;
        return null;
    }
}
