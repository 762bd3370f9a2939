using Quorate.Client.Calls;
using Quorate.V1;

namespace Quorate.Client.Services;

/// <summary>Approvals and registrations by passkey.</summary>
public sealed class PasskeysClient : ServiceClient
{
    internal PasskeysClient(ApiCalls calls)
        : base(calls, PasskeysReflection.Descriptor.Services[0])
    {
    }

    /// <summary>
    /// What navigator.credentials.get takes (PublicKeyCredentialRequestOptionsJSON) for the caller's approval of a transfer, a
    /// transaction, a signature, a ceremony or an act.
    /// </summary>
    public Task<AssertionOptions> GetAssertionOptionsAsync(GetAssertionOptionsRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<GetAssertionOptionsRequest, AssertionOptions>(request, options, cancellation);

    /// <summary>
    /// Makes the approval of what came back (AuthenticationResponseJSON), byte for byte, and hands it in. The subject as it is afterwards
    /// has to be asked for.
    /// </summary>
    public Task<Assertion> CreateAssertionAsync(CreateAssertionRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<CreateAssertionRequest, Assertion>(request, options, cancellation);

    /// <summary>What navigator.credentials.create takes (PublicKeyCredentialCreationOptionsJSON) for a new device of the caller.</summary>
    public Task<RegistrationOptions> GetRegistrationOptionsAsync(GetRegistrationOptionsRequest? request = null, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<GetRegistrationOptionsRequest, RegistrationOptions>(request ?? new(), options, cancellation);

    /// <summary>
    /// Verifies what came back (RegistrationResponseJSON), and says what a membership document says of the device. It counts when
    /// administrators have signed an act with such a membership.
    /// </summary>
    public Task<Registration> VerifyRegistrationAsync(VerifyRegistrationRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<VerifyRegistrationRequest, Registration>(request, options, cancellation);
}
