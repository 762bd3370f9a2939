using System.Globalization;
using Quorate.Chains;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Secrets;
using Quorate.Node.Channel;
using Quorate.Node.Gate;
using Quorate.Node.Sessions;
using Quorate.Node.Vault;
using Quorate.Policies;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Frost.Bip340;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Signing;

/// <summary>
/// Lends this node's share for what the gate has permitted: asks the gate once more, has it on disk, opens the share, runs
/// the session, closes the share. What is signed is what the permit says and nothing that a peer or a server says.
/// </summary>
sealed class Signer(GenesisDocument deployment, ReleaseGate gate, NodeVault vault, SessionHost sessions, SessionDeadlines deadlines, IRandom random)
{
    /// <summary>Signs one input together with the other nodes of a quorum, which have permitted the same intent.</summary>
    /// <param name="permit">What the gate has permitted.</param>
    /// <param name="input">Which of its inputs.</param>
    /// <param name="attempt">32 bytes by which the nodes of the quorum find each other.</param>
    /// <param name="quorum">Who signs, this node included.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ArgumentException">The permit is not this node's or has no such input, or these nodes are no quorum of the key.</exception>
    internal async Task<SigningOutcome> SignAsync(
        Ruling.Permit permit, int input, ReadOnlyMemory<byte> attempt, PartySet quorum, CancellationToken cancellation)
    {
        var signing = permit.Inputs.FirstOrDefault(i => i.Index == input) ?? throw new ArgumentException($"{permit.Intent} has no input {input}.", nameof(input));
        var description = Describe(permit, signing, attempt.Span, quorum);
        var session = new SessionId(attempt.Span);
        if (await gate.OpenSessionAsync(permit, input, session, quorum, cancellation).ConfigureAwait(false) is { } refused)
            return new SigningOutcome.Refused(refused);
        SigningOutcome outcome = new SigningOutcome.Failed("given up");
        try
        {
            outcome = signing.Scheme switch
            {
                SignatureScheme.EcdsaSecp256k1 => await EcdsaAsync(permit.Wallet, signing, description, quorum, cancellation).ConfigureAwait(false),
                SignatureScheme.Bip340 => await Bip340Async(permit.Wallet, signing, description, quorum, cancellation).ConfigureAwait(false),
                _ => await Ed25519Async(permit.Wallet, signing, description, quorum, cancellation).ConfigureAwait(false),
            };
            return outcome;
        }
        finally
        {
            // Also where the session threw: whoever reads the journal sees that it is over.
            await gate.EndSessionAsync(permit, input, session, (outcome as SigningOutcome.Signed)?.Signature.Signature,
                (outcome as SigningOutcome.Failed)?.Fault, CancellationToken.None).ConfigureAwait(false);
        }
    }

    async Task<SigningOutcome> EcdsaAsync(WalletKeys wallet, SigningInput input, SessionDescription description, PartySet quorum, CancellationToken cancellation)
    {
        using var holding = vault.OpenDkls23ToSign(KeyId.Of(wallet.Ecdsa!));
        using var share = Require(holding.Share).Derive(input.Path!);
        return await RunAsync(description, share.Me,
            id => new Dkls23Sign(id, share, quorum, input.Payload.Span, vault.Bans, random),
            signed => new(input.Index, share.Package.GroupKey.Encode(), signed.Value.Signature.EncodeCompact(), (byte)signed.Value.RecoveryId), cancellation).ConfigureAwait(false);
    }

    async Task<SigningOutcome> Bip340Async(WalletKeys wallet, SigningInput input, SessionDescription description, PartySet quorum, CancellationToken cancellation)
    {
        using var holding = vault.OpenKey<Secp256k1>(KeyId.Of(wallet.Bip340!));
        var share = Require(holding.Share);
        var key = TweakContext.Init(share.Package.GroupKey).Derive(share.Package.ChainCode, input.Path!);
        if (input.MerkleRoot is { } root)
            key = key.ApplyTaproot(root.Span);
        return await RunAsync(description, share.Me,
            id => new Bip340Sign(id, share, quorum, key, input.Payload.Span, random),
            signed => new(input.Index, signed.PublicKey.Encode(), signed.Signature.Encode()), cancellation).ConfigureAwait(false);
    }

    async Task<SigningOutcome> Ed25519Async(WalletKeys wallet, SigningInput input, SessionDescription description, PartySet quorum, CancellationToken cancellation)
    {
        using var holding = vault.OpenKey<Ed25519>(KeyId.Of(wallet.Ed25519!));
        using var share = Require(holding.Share).DeriveChild(input.Path!);
        return await RunAsync(description, share.Me,
            id => new FrostSign<Ed25519>(FrostSuite.Ed25519, id, share, quorum, input.Payload.Span, random),
            signed => new(input.Index, share.Package.GroupKey.Encode(), signed.Encode()), cancellation).ConfigureAwait(false);
    }

    async Task<SigningOutcome> RunAsync<T>(
        SessionDescription description, PartyId me, Func<SessionId, Protocol<T>> protocol, Func<T, InputSignature> output, CancellationToken cancellation)
        where T : class =>
        await sessions.RunAsync(description, me, protocol, deadlines, Task.CompletedTask, cancellation).ConfigureAwait(false) switch
        {
            SessionOutcome<T>.Completed completed => new SigningOutcome.Signed(output(completed.Output)),
            SessionOutcome<T>.Aborted aborted => new SigningOutcome.Failed(aborted.Abort.ToString()),
            SessionOutcome<T>.Apart apart => new SigningOutcome.Failed(apart.Failure.ToString()),
            _ => throw new InvalidOperationException("An outcome of an unknown kind."),
        };

    /// <summary>
    /// What every node of the quorum must hold alike: the intent, and of its signatures this one, with the key's epoch and
    /// path. Nodes that judge different things never begin.
    /// </summary>
    SessionDescription Describe(Ruling.Permit permit, SigningInput input, ReadOnlySpan<byte> attempt, PartySet quorum)
    {
        using var transcript = new Transcript(Tags.SigningSubject);
        transcript.Append(permit.Intent.Hash.ToArray()).Append((ulong)input.Index).Append((ulong)permit.Wallet.Epoch).Append(input.Path!.ToString());
        var seats = quorum.ToDictionary(party => party, party => deployment.Nodes.ElementAtOrDefault(party.Value - 1)?.Id
            ?? throw new ArgumentException($"{party} is no node of the deployment.", nameof(quorum)));
        return new(deployment.Hash.ToArray(), attempt, string.Create(CultureInfo.InvariantCulture, $"sign/1/{input.Scheme}"), transcript.Digest(), seats);
    }

    static TShare Require<TShare>(TShare? share) where TShare : class =>
        share ?? throw new InvalidOperationException("This node holds no share of the key.");
}
