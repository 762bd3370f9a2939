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
using Quorate.Threshold.Sharing;

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
    /// <param name="presignature">
    /// This node's part of a presignature of the same quorum, for an input that takes ECDSA: then it is one round. It is used
    /// up or wiped, whatever comes of it.
    /// </param>
    /// <exception cref="ArgumentException">The permit is not this node's or has no such input, or these nodes are no quorum of the key.</exception>
    internal async Task<SigningOutcome> SignAsync(
        Ruling.Permit permit, int input, ReadOnlyMemory<byte> attempt, PartySet quorum, CancellationToken cancellation,
        Dkls23Presignature? presignature = null)
    {
        using var once = presignature;
        var signing = permit.Inputs.FirstOrDefault(i => i.Index == input) ?? throw new ArgumentException($"{permit.Intent} has no input {input}.", nameof(input));
        var description = Describe(deployment, permit.Intent, permit.Wallet, signing, attempt.Span, quorum, presignature);
        var session = new SessionId(attempt.Span);
        // The nodes find each other while the loan is written; nobody begins before it is on disk, and no share is open.
        var lending = gate.OpenSessionAsync(permit, input, session, quorum, cancellation);
        SigningOutcome outcome = new SigningOutcome.Failed("given up", [], false);
        try
        {
            return outcome = await RunAsync(permit.Wallet, signing, description, quorum, presignature, LentAsync(lending), cancellation).ConfigureAwait(false);
        }
        catch (NotLentException)
        {
            return outcome = new SigningOutcome.Refused((await lending.ConfigureAwait(false))!);
        }
        finally
        {
            // Also where the session threw: whoever reads the journal sees that it is over.
            if (await HasBegunAsync(lending).ConfigureAwait(false))
                await gate.EndSessionAsync(permit, input, session, (outcome as SigningOutcome.Signed)?.Signature.Signature,
                    (outcome as SigningOutcome.Failed)?.Fault, CancellationToken.None).ConfigureAwait(false);
        }
    }

    static async Task LentAsync(Task<Ruling.Refused?> lending)
    {
        if (await lending.ConfigureAwait(false) is not null)
            throw new NotLentException();
    }

    /// <summary>Waits until it is known whether the loan is recorded: it must not be recorded after its end.</summary>
    static async Task<bool> HasBegunAsync(Task<Ruling.Refused?> lending)
    {
        await ((Task)lending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return lending.IsCompletedSuccessfully && lending.Result is null;
    }

    Task<SigningOutcome> RunAsync(
        WalletKeys wallet, SigningInput input, SessionDescription description, PartySet quorum, Dkls23Presignature? presignature, Task ready,
        CancellationToken cancellation) => input.Scheme switch
        {
            SignatureScheme.EcdsaSecp256k1 when presignature is not null => OnlineAsync(wallet, input, description, quorum, presignature, ready, cancellation),
            SignatureScheme.EcdsaSecp256k1 => EcdsaAsync(wallet, input, description, quorum, ready, cancellation),
            SignatureScheme.Bip340 => Bip340Async(wallet, input, description, quorum, ready, cancellation),
            _ => Ed25519Async(wallet, input, description, quorum, ready, cancellation),
        };

    async Task<SigningOutcome> EcdsaAsync(
        WalletKeys wallet, SigningInput input, SessionDescription description, PartySet quorum, Task ready, CancellationToken cancellation)
    {
        using var opened = new Opened();
        return await RunAsync(description, Seat(wallet.Ecdsa!), id =>
        {
            var holding = opened.Keep(vault.OpenDkls23ToSign(KeyId.Of(wallet.Ecdsa!)));
            return new Dkls23Sign(id, opened.Keep(Require(holding.Share).Derive(input.Path!)), quorum, input.Payload.Span, vault.Bans, random);
        }, signed => OutputOf(wallet, input, signed), ready, cancellation).ConfigureAwait(false);
    }

    async Task<SigningOutcome> OnlineAsync(
        WalletKeys wallet, SigningInput input, SessionDescription description, PartySet quorum, Dkls23Presignature presignature, Task ready, CancellationToken cancellation)
    {
        using var opened = new Opened();
        // Its use is on disk before anybody begins, as the loan is: the session itself waits for neither.
        var use = vault.TrySpendAsync(presignature.Id);
        return await RunAsync(description, presignature.Owner, id =>
        {
            var holding = opened.Keep(vault.OpenDkls23ToSign(KeyId.Of(wallet.Ecdsa!)));
            return new Dkls23Online(id, Require(holding.Share), quorum, input.Path!, input.Payload.Span, presignature, new RecordedUse(presignature.Id, use.Result), vault.Bans);
        }, signed => OutputOf(wallet, input, signed), Task.WhenAll(ready, use), cancellation).ConfigureAwait(false);
    }

    static InputSignature OutputOf(WalletKeys wallet, SigningInput input, Dkls23Signature signed) =>
        new(input.Index, SigningKeys.EcdsaKey(wallet, input).Encode(), signed.Value.Signature.EncodeCompact(), (byte)signed.Value.RecoveryId);

    async Task<SigningOutcome> Bip340Async(
        WalletKeys wallet, SigningInput input, SessionDescription description, PartySet quorum, Task ready, CancellationToken cancellation)
    {
        using var opened = new Opened();
        return await RunAsync(description, Seat(wallet.Bip340!), id =>
        {
            var holding = opened.Keep(vault.OpenKey<Secp256k1>(KeyId.Of(wallet.Bip340!)));
            return new Bip340Sign(id, Require(holding.Share), quorum, SigningKeys.Bip340Key(wallet, input), input.Payload.Span, random);
        }, signed => new(input.Index, signed.PublicKey.Encode(), signed.Signature.Encode()), ready, cancellation).ConfigureAwait(false);
    }

    async Task<SigningOutcome> Ed25519Async(
        WalletKeys wallet, SigningInput input, SessionDescription description, PartySet quorum, Task ready, CancellationToken cancellation)
    {
        using var opened = new Opened();
        return await RunAsync(description, Seat(wallet.Ed25519!), id =>
        {
            var holding = opened.Keep(vault.OpenKey<Ed25519>(KeyId.Of(wallet.Ed25519!)));
            return new FrostSign<Ed25519>(FrostSuite.Ed25519, id, opened.Keep(Require(holding.Share).DeriveChild(input.Path!)), quorum, input.Payload.Span, random);
        }, signed => new(input.Index, SigningKeys.Ed25519Key(wallet, input).Encode(), signed.Encode()), ready, cancellation).ConfigureAwait(false);
    }

    async Task<SigningOutcome> RunAsync<T>(
        SessionDescription description, PartyId me, Func<SessionId, Protocol<T>> protocol, Func<T, InputSignature> output, Task ready, CancellationToken cancellation)
        where T : class =>
        await sessions.RunAsync(description, me, protocol, deadlines, ready, cancellation).ConfigureAwait(false) switch
        {
            SessionOutcome<T>.Completed completed => new SigningOutcome.Signed(output(completed.Output)),
            SessionOutcome<T>.Aborted { Abort: var abort } =>
                new SigningOutcome.Failed(abort.ToString(), [.. abort.Culprits], abort.Accusations.All(a => a.Fault.Certainty == Certainty.Proven)),
            SessionOutcome<T>.Apart { Failure: var failure } =>
                new SigningOutcome.Failed(failure.ToString(), [.. failure.Culprits], failure.Certainty == Certainty.Proven),
            _ => throw new InvalidOperationException("An outcome of an unknown kind."),
        };

    /// <summary>
    /// What every node of the quorum must hold alike: the intent, and of its signatures this one, with the key's epoch and
    /// path. Nodes that judge different things never begin.
    /// </summary>
    internal static SessionDescription Describe(
        GenesisDocument deployment, Intent intent, WalletKeys wallet, SigningInput input, ReadOnlySpan<byte> attempt, PartySet quorum,
        Dkls23Presignature? presignature)
    {
        using var transcript = new Transcript(Tags.SigningSubject);
        transcript.Append(intent.Hash.ToArray()).Append((ulong)input.Index).Append((ulong)wallet.Epoch).Append(input.Path!.ToString());
        if (presignature is not null)
            transcript.Append(presignature.Id);
        var protocol = string.Create(CultureInfo.InvariantCulture, $"{(presignature is null ? "sign" : "sign-online")}/1/{input.Scheme}");
        return new(deployment.Hash.ToArray(), attempt, protocol, transcript.Digest(), Seats(deployment, quorum));
    }

    /// <summary>Which node sits where: a node's number in the deployment is its number in every key.</summary>
    /// <exception cref="ArgumentException">There is no node of such a number.</exception>
    internal static Dictionary<PartyId, NodeId> Seats(GenesisDocument deployment, PartySet quorum) =>
        quorum.ToDictionary(party => party, party => deployment.Nodes.ElementAtOrDefault(party.Value - 1)?.Id
            ?? throw new ArgumentException($"{party} is no node of the deployment.", nameof(quorum)));

    /// <summary>Who this node is in a key.</summary>
    PartyId Seat<C>(PublicKeyPackage<C> package) where C : struct, ICurve<C> =>
        vault.Find(KeyId.Of(package))?.Party ?? throw new InvalidOperationException("This node holds no share of the key.");

    static TShare Require<TShare>(TShare? share) where TShare : class =>
        share ?? throw new InvalidOperationException("This node holds no share of the key.");

    /// <summary>The gate does not lend the share.</summary>
    sealed class NotLentException : Exception;

    /// <summary>What is open while a session runs, closed with it in reverse order.</summary>
    sealed class Opened : IDisposable
    {
        readonly Stack<IDisposable> kept = new();

        internal T Keep<T>(T opened) where T : IDisposable
        {
            kept.Push(opened);
            return opened;
        }

        public void Dispose()
        {
            while (kept.TryPop(out var opened))
                opened.Dispose();
        }
    }
}
