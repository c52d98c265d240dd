//! What a service manager has opened.

pub(crate) fn a_port_that_the_service_manager_has_opened_is_served() {
    #[cfg(unix)]
    unix::a_port_that_the_service_manager_has_opened_is_served();
}

pub(crate) fn what_is_meant_for_another_process_is_left_alone() {
    #[cfg(unix)]
    unix::what_is_meant_for_another_process_is_left_alone();
}

#[cfg(unix)]
mod unix {
    use std::io::Read;
    use std::net::TcpListener;
    use std::os::fd::OwnedFd;
    use std::process::{Command, Stdio};

    use crate::process::{Serving, command};

    /// The application with a port as descriptor 3, as systemd starts it. A shell that turns into the
    /// application keeps its process id.
    fn started(listener: TcpListener, variables: &str) -> Serving {
        let application = command(&[]);
        let script = format!("exec 3<&0 </dev/null; {variables} exec \"$0\" serve --port 0");
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(script).arg(application.get_program());
        for (name, value) in application.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        shell.current_dir(application.get_current_dir().unwrap());
        Serving::begin(shell.stdin(Stdio::from(OwnedFd::from(listener))))
    }

    pub(super) fn a_port_that_the_service_manager_has_opened_is_served() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = started(listener, "LISTEN_FDS=1 LISTEN_PID=$$");
        assert_eq!(server.address, address);
        let mut client =
            server.send("GET /healthz HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
        let mut answer = String::new();
        client.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
        server.signal("-TERM");
        assert!(server.ends().success());
    }

    pub(super) fn what_is_meant_for_another_process_is_left_alone() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = started(listener, "LISTEN_FDS=1 LISTEN_PID=1");
        assert_ne!(server.address, address);
    }
}
